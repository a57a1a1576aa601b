// From what a program pipes in to a message and its envelope.
// Guarantees: lines end with CRLF; the fields that a message must have are there; Bcc is not. Threads: pure function.
// RFC 5322 3.6, RFC 6409 8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ph/result.hpp"
#include "sendmail/options.hpp"

namespace posthouse::sendmail {

struct Prepared {
  std::string reversePath;
  std::vector<std::string> recipients;
  std::string message;
};

struct Self {
  std::string from;    // address of who sends where nothing says it
  std::string domain;  // for addresses without one; empty: that of `from`
  int64_t now = 0;     // Unix seconds
  int zoneMinutes = 0;
  std::string id;  // unique, for the Message-ID
};

// Invalid: no recipient, or what is none.
ph::Result<Prepared> prepare(const Options& options, std::string_view input, const Self& self);

}  // namespace posthouse::sendmail
