// The command line of sendmail, as cron, mail(1), git and scripts use it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::sendmail {

struct Options {
  enum class Mode { Send, Flush, List, Nothing };
  Mode mode = Mode::Send;
  std::string config;               // --config; empty: look for one
  std::optional<std::string> from;  // -f, -r: the reverse-path
  std::string name;                 // -F: the name in a From field that is missing
  bool fromHeader = false;          // -t: recipients from To, Cc and Bcc
  bool dotsAreText = false;         // -i, -oi: a line with a dot alone does not end the message
  std::vector<std::string> recipients;
};

// Options that only concern a real sendmail's own workings are taken and have no effect.
ph::Result<Options> parseOptions(const std::vector<std::string>& args);

}  // namespace posthouse::sendmail
