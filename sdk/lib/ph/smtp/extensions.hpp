// What a server offers in its reply to EHLO or LHLO.
// Guarantees: unknown keywords and malformed parameters are no error, they offer nothing. Threads: pure functions.
// RFC 5321 4.1.1.1, RFC 1870 3, RFC 2852 3, RFC 4954 3, RFC 6710 4.1, RFC 9422 3.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ph/smtp/reply_reader.hpp"

namespace ph::smtp {

struct Extensions {
  std::string name;  // how the server calls itself: the first word of the reply
  bool startTls = false;
  bool pipelining = false;
  bool size = false;
  std::uint64_t maxSize = 0;  // 0: not said
  bool eightBitMime = false;
  bool binaryMime = false;
  bool chunking = false;
  bool smtpUtf8 = false;
  bool dsn = false;
  bool requireTls = false;
  bool deliverBy = false;
  std::uint64_t minDeliverBy = 0;  // seconds; 0: none
  bool priority = false;
  std::vector<std::string> mechanisms;  // of AUTH, upper case
  std::uint64_t maxRecipients = 0;      // LIMITS; 0: not said
  std::uint64_t maxMails = 0;
};

Extensions parseExtensions(const ReceivedReply& reply);

}  // namespace ph::smtp
