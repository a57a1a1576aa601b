// reverse-path and forward-path: "<" [source-route ":"] Mailbox ">".
// Guarantees: a source route is checked and forgotten; the local part is unquoted; formatPath gives it back in its
// shortest quoting. Threads: pure functions. RFC 5321 4.1.2, appendix C, RFC 6531 3.3.
#pragma once

#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph::smtp {

inline constexpr std::size_t kMaxPath = 1024;  // RFC 5321 4.5.3.1.3 asks for 256, and for no limit where possible

struct Path {
  std::string localPart;  // without quotes; empty only for the null path
  std::string domain;     // as written, or an address literal with brackets; empty for <> and <Postmaster>

  bool isNull() const { return localPart.empty() && domain.empty(); }
  bool isBarePostmaster() const { return !localPart.empty() && domain.empty(); }
  bool needsUtf8() const;
  bool operator==(const Path&) const = default;
};

// Reads a path at the start of `input` and moves `input` past it.
Result<Path> parseReversePath(std::string_view& input);  // also "<>"
Result<Path> parseForwardPath(std::string_view& input);  // also "<Postmaster>" in any case

// Mailbox without angle brackets, all of `text`.
Result<Path> parseMailbox(std::string_view text);

// With angle brackets.
std::string formatPath(const Path& path);

}  // namespace ph::smtp
