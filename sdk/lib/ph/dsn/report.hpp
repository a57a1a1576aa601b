// Delivery status notifications: the message that tells a sender what became of his.
// Guarantees: whatever texts come in, the result is well-formed MIME with CRLF lines; ASCII where everything in it is.
// Threads: pure functions. RFC 3464, RFC 2852 5, RFC 6522, RFC 6533 (addresses in UTF-8), RFC 3834 3 (Auto-Submitted).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ph/date/date.hpp"
#include "ph/result.hpp"

namespace ph::dsn {

enum class Action { Failed, Delayed, Delivered, Relayed, Expanded };

struct Recipient {
  std::string address;   // local@domain
  std::string original;  // "rfc822;local@domain" of ORCPT, may be empty
  Action action = Action::Failed;
  std::string status;       // "5.1.1"
  std::string diagnostic;   // the reply, "550 5.1.1 no such user here"; may be empty
  bool ownWords = false;    // the diagnostic is no reply of a server
  std::string remoteMta;    // whose reply it is; may be empty
  int64_t lastAttempt = 0;  // Unix seconds; 0: not said
  int64_t retryUntil = 0;   // of a delayed one; 0: not said
};

struct Report {
  std::string hostname;    // who reports
  std::string sender;      // who is told: the reverse-path, local@domain
  std::string messageId;   // of the notification, with angle brackets
  std::string boundary;    // random, so that it is in none of the parts
  std::string envelopeId;  // ENVID, may be empty
  date::DateTime now;
  date::DateTime arrival;  // of the message it is about
  int64_t deliverBy = 0;   // Unix seconds, RFC 2852 5; 0: not asked for
  std::vector<Recipient> recipients;
  std::string_view header;  // of the message it is about, or its start
  std::string_view whole;   // RET=FULL: all of it, instead of its header
};

struct Notification {
  std::string message;
  bool smtpUtf8 = false;  // can only be sent so
  bool eightBit = false;
};

// Invalid: no recipient, or a name that can't stand in a header.
Result<Notification> compose(const Report& report);

}  // namespace ph::dsn
