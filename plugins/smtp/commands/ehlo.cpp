// EHLO, HELO and LHLO. RFC 5321 4.1.1.1: ehlo = "EHLO" SP ( Domain / address-literal ) CRLF; RFC 2033 4.1.
// Keywords: RFC 2920, RFC 1870, RFC 6152, RFC 6531, RFC 2034, RFC 9422, RFC 3207, RFC 4954, RFC 3030, RFC 8689,
// RFC 4865, RFC 3461, RFC 2852, RFC 6710.
#include "commands/table.hpp"
#include "hold.hpp"
#include "ph/address/domain.hpp"
#include "ph/date/internet.hpp"
#include "verdict.hpp"

namespace ph_smtp {

namespace {

using ph::Next;
using ph::smtp::ClientName;

Next refused(Session& s) {
  const auto r = refusalOf(s.verdict());
  s.forgetGreeting();
  s.resetTransaction();
  return r.disconnect ? s.close(r.code, r.enhanced, r.text) : s.mistake(r.code, r.enhanced, r.text);
}

Next answerHelo(Session& s) {
  if (refuses(s.verdict())) return refused(s);
  return s.reply(250, "", s.hostname());
}

Next answerEhlo(Session& s) {
  if (refuses(s.verdict())) return refused(s);
  // RFC 2034 4: the reply to EHLO carries no enhanced code.
  ph::smtp::Reply reply(250, "", s.hostname());
  reply.addLine("PIPELINING");
  reply.addLine("SIZE " + std::to_string(s.settings().maxMessageSize));
  if (s.tlsOffered()) reply.addLine("STARTTLS");
  if (s.service() == Service::Submission && s.account().empty()) {
    if (const std::string mechanisms = s.mechanisms(); !mechanisms.empty()) reply.addLine("AUTH " + mechanisms);
  }
  reply.addLine("ENHANCEDSTATUSCODES");
  reply.addLine("8BITMIME");
  reply.addLine("SMTPUTF8");
  reply.addLine("CHUNKING");
  reply.addLine("BINARYMIME");
  reply.addLine("DSN");
  reply.addLine("DELIVERBY");
  if (s.tlsActive()) reply.addLine("REQUIRETLS");
  if (s.service() == Service::Submission) {
    reply.addLine("FUTURERELEASE " + std::to_string(kMaxHoldSeconds) + " " +
                  ph::date::formatInternet(s.host().wallMs() / 1000 + kMaxHoldSeconds));
    reply.addLine("MT-PRIORITY");  // RFC 6710 4.1: who may ask for it is known here alone
  }
  reply.addLine("LIMITS RCPTMAX=" + std::to_string(s.settings().maxRecipients));
  return s.reply(reply);
}

Next answer(Session& s) {
  return s.prepare(s.extended() ? &answerEhlo : &answerHelo);
}

// RFC 5321 2.3.5: the name must have an address. A resolver in trouble is not the client's fault.
Next unknownName(Session& s) {
  const std::string name = s.clientName();
  s.host().info("greeting refused", {{"helo", name}, {"reason", "no such name"}}, s.id());
  s.forgetGreeting();
  return s.mistake(550, "5.5.0", "the name in your greeting does not resolve");
}

Next askedAaaa(Session& s) {
  return s.dnsAnswer().found() || s.dnsAnswer().temporary() ? answer(s) : unknownName(s);
}

Next askedA(Session& s) {
  if (s.dnsAnswer().found() || s.dnsAnswer().temporary()) return answer(s);
  return s.lookUp(*ph::address::normaliseDomain(s.clientName()), ph::DnsType::Aaaa, &askedAaaa);
}

// RFC 5321 4.1.4: a literal that is not the client's address is no reason to refuse it, and behind address translation
// it rarely is. It is worth a line in the log.
void noteLiteral(Session& s) {
  const std::string ip(ph::view(s.info().remote_ip));
  const auto said = ph::address::parseAddressLiteral(s.clientName());
  const auto is = ph::address::parseAddressLiteral(ip.find(':') == ip.npos ? "[" + ip + "]" : "[IPv6:" + ip + "]");
  if (said && is && (said->ipv6 != is->ipv6 || said->bytes != is->bytes)) {
    s.host().info("greeting names another address", {{"helo", s.clientName()}, {"remote", ip}}, s.id());
  }
}

Next greet(Session& s, std::string_view arguments, bool extended) {
  const auto name = ph::smtp::parseClientName(arguments);
  if (!name) return s.mistake(501, "5.5.4", name.error().text);
  // Mail programs of users say all kinds of things (RFC 5321 4.1.4 forbids to refuse them for it), and a mail server of
  // ours may do so too.
  const bool strict = s.service() == Service::Receive || s.settings().pedantic;
  if (name->form == ClientName::Form::Other && strict) {
    return s.mistake(501, "5.5.4", "argument must be a domain or an address literal");
  }
  s.greet(name->text, extended);
  if (s.checksDomains()) {
    if (name->form == ClientName::Form::AddressLiteral) noteLiteral(s);
    if (name->form == ClientName::Form::Domain) {
      const auto ascii = ph::address::normaliseDomain(name->text);
      return ascii ? s.lookUp(*ascii, ph::DnsType::A, &askedA) : unknownName(s);
    }
  }
  return answer(s);
}

}  // namespace

Next ehlo(Session& s, std::string_view arguments) {
  if (s.service() == Service::Lmtp) return s.mistake(500, "5.5.1", "this is LMTP, say LHLO");
  return greet(s, arguments, true);
}

Next helo(Session& s, std::string_view arguments) {
  if (s.service() == Service::Lmtp) return s.mistake(500, "5.5.1", "this is LMTP, say LHLO");
  return greet(s, arguments, false);
}

Next lhlo(Session& s, std::string_view arguments) {
  if (s.service() != Service::Lmtp) return s.mistake(500, "5.5.1", "this is SMTP, say EHLO");
  return greet(s, arguments, true);
}

}  // namespace ph_smtp
