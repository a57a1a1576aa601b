// Delivery status notifications that come in: which recipients they are about, and what became of those.
// Guarantees: any bytes give a result or an error, in linear time; at most kMaxRecipients recipients.
// Threads: pure function. RFC 3464 2, RFC 6522, RFC 6533 4.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ph/result.hpp"

namespace ph::dsn {

inline constexpr std::size_t kMaxRecipients = 1000;

struct Told {
  std::string recipient;   // Final-Recipient, without its type
  std::string original;    // Original-Recipient, without its type, or empty
  std::string action;      // lower case: failed, delayed, delivered, relayed, expanded, or whatever it says
  std::string status;      // "5.1.1", may be empty
  std::string diagnostic;  // Diagnostic-Code, without its type, may be empty
};

struct Received {
  std::string envelopeId;
  std::string reportingMta;  // without its type
  std::vector<Told> recipients;
};

// NotFound: this message is no notification. Invalid: it is one that says nothing.
Result<Received> read(std::string_view message);

}  // namespace ph::dsn
