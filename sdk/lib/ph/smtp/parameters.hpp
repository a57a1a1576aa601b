// MAIL and RCPT with their parameters. Which parameters are offered is the caller's business: here is their syntax.
// Guarantees: no keyword twice; known values are checked; unknown keywords are kept for the caller to refuse (555).
// Threads: pure functions. RFC 5321 4.1.1.2, 4.1.1.3, 4.1.2 (esmtp-param), RFC 1870 3 (SIZE), RFC 6152 2 (BODY),
// RFC 6531 3.4 (SMTPUTF8), RFC 3461 4 (RET ENVID NOTIFY ORCPT), RFC 4954 5 (AUTH), RFC 8689 2 (REQUIRETLS),
// RFC 4865 3 (HOLDFOR HOLDUNTIL), RFC 3030 3 (BINARYMIME), RFC 2852 4 (BY), RFC 6710 7 (MT-PRIORITY).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ph/result.hpp"
#include "ph/smtp/path.hpp"

namespace ph::smtp {

struct Parameter {
  std::string keyword;  // upper case
  std::optional<std::string> value;
};

enum class Body { SevenBit, EightBitMime, BinaryMime };

// How soon the message has to be there.
struct DeliverBy {
  std::int64_t seconds = 0;  // from now; past only when it need not come back
  bool orReturn = false;     // mode R
  bool trace = false;
};

struct MailCommand {
  Path reversePath;
  std::optional<std::uint64_t> size;
  std::optional<Body> body;
  bool smtpUtf8 = false;
  bool requireTls = false;
  std::optional<std::uint32_t> holdFor;   // seconds
  std::optional<std::int64_t> holdUntil;  // Unix seconds; never together with holdFor
  std::optional<std::string> auth;        // decoded; "<>" stays as it is
  std::optional<bool> returnFull;         // RET=FULL or RET=HDRS
  std::optional<std::string> envId;       // decoded
  std::optional<DeliverBy> deliverBy;
  std::optional<int> priority;  // -9 to 9
  std::vector<Parameter> others;
};

struct Notify {
  bool never = false, success = false, failure = false, delay = false;
};

struct RcptCommand {
  Path forwardPath;
  std::optional<Notify> notify;
  std::optional<std::string> originalRecipient;  // "rfc822;user@example.org", decoded
  std::vector<Parameter> others;
};

// What follows the verb: "FROM:<reverse-path> [parameters]". Blanks after the colon are tolerated.
Result<MailCommand> parseMail(std::string_view arguments);
// "TO:<forward-path> [parameters]".
Result<RcptCommand> parseRcpt(std::string_view arguments);

// xtext (RFC 3461 4): printable ASCII with "+XX" for the rest.
Result<std::string> decodeXtext(std::string_view text);
std::string encodeXtext(std::string_view bytes);

}  // namespace ph::smtp
