// What a running server listens on, for people, programs and process one.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace posthouse::app {

struct Listening {
  std::string name;
  std::string protocol;
  std::string tls;
  std::vector<std::string> addresses;  // as bound
  std::string problem;                 // not empty: why nothing listens
};

// As texts of a message, and back; nothing when they are not made so.
std::vector<std::string> toTexts(const std::vector<Listening>& all);
std::optional<std::vector<Listening>> listeningFrom(const std::vector<std::string>& texts);

}  // namespace posthouse::app
