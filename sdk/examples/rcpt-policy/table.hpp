// The table of recipients: patterns and what holds for the addresses they fit.
// Threads: a table is constant after it was made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ph/result.hpp"

namespace rcpt_policy {

// An address with at most one '*' in its local part, or "@domain" for all of a domain. Letters are compared without
// case.
class Pattern {
 public:
  static ph::Result<Pattern> parse(std::string_view text);
  // `address`: "local@domain", as in an envelope.
  bool fits(std::string_view address) const;

 private:
  std::string before_;  // of the '*', or the whole local part
  std::string after_;
  bool any_ = false;
  std::string domain_;
};

enum class Answer { Nothing, Accept, Reject, Defer };

struct Table {
  std::vector<Pattern> accept, reject, defer;

  // Accept goes before reject, reject before defer.
  Answer answer(std::string_view address) const;
};

}  // namespace rcpt_policy
