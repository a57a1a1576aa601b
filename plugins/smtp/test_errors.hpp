// Errors on demand, for people who test their mail programs: the local-part of an address says what goes wrong.
//   ...temperror   451
//   ...permerror   550
//   ...NNN         that code, 400 to 599
//   ...timeout     an hour's wait
//   mailfrom...    already at MAIL
//   rcptto...      already at RCPT
//   queue...       not here, but in the queue
// Without such a beginning it goes wrong after the message. Threads: pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace ph_smtp {

struct TestError {
  enum class Where { Mail, Rcpt, Message } where = Where::Message;
  int code = 0;
  bool timeout = false;
};

// Nothing: an ordinary local-part.
std::optional<TestError> testErrorOf(std::string_view localPart);

inline constexpr unsigned kTestTimeoutMs = 3600 * 1000;

}  // namespace ph_smtp
