// Scripts of the SMTP client: one attempt at a destination, with the world and the servers told line by line.
//
//   DEST: key=value ...      route=host host= domain= port= tls=required|implicit|none|unverified lmtp families=4|6
//                            helo= user= password= mechanisms=A,B proxy= source4= earlier=N hint=...
//   DNS: name TYPE value     TYPE is MX, A or AAAA; several values by "|"; temporary, none; a final "secure"
//   POLICY: host key=value   level=encrypted|pkix|dane names=a,b refuse text=...
//   MAIL: key=value ...      from= to=a,b flags=utf8,8bit,binary,requiretls,optional body=... size=N ret=full|hdrs
//                            envid= notify=never|success,failure,delay orcpt= by=SECONDS;N priority=N
//   CONNECT: ip ...          the client asks for these addresses, in this order; the first answers ("ip *ip": the
//   second) REFUSE: ip ...           it asks for these; nobody answers S: line, S| text         the server says it C:
//   line, C| text   the client says it TLS: none|pkix|dane names...   the client asks for this handshake, and it
//   succeeds TLSFAIL: why             a handshake fails HELLO: A|B               CONNECT to 192.0.2.10, greeting, EHLO,
//   and a reply that offers A and B SENT:                    the client says the default message and its dot LINES: n
//   and n lines of the kind size= makes EOF:  RESET:  T: ms  DOWN:  CANCEL:  X: R: recipient outcome code enhanced
//   flags text    the next result; flags are "dsn", "local", "sent" or "-" NOTE: text   HINT: text  ASKED: questions to
//   policies   LEFT: n (messages not asked for) END:                     it is over and all results were seen
//
// Without DNS lines remote.example has one exchanger, mx1.remote.example at 192.0.2.10; mx2 is at 192.0.2.20. Without
// MAIL there is one, from alice@ours.example to bob@remote.example. The attempt begins with the first line that is not
// one of the first four. Threads: one.
#pragma once

#include <string>

#include "testkit/dialogue.hpp"

// `octets`: what servers say comes one octet at a time. Empty: as expected.
std::string runClientCase(const ph::testkit::Case& c, bool octets, const std::string& plugin);
