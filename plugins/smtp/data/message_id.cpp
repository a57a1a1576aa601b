#include "data/message_id.hpp"

#include <array>
#include <cstdio>
#include <random>

namespace ph_smtp {

std::string newMessageId(Session& s) {
  // The transaction's id alone would be enough to be unique; the random part keeps ids from being guessed.
  std::random_device random;
  std::array<char, 17> hex;
  std::snprintf(hex.data(), hex.size(), "%08x%08x", random(), random());
  return "<" + std::string(s.txn().id()) + "." + hex.data() + "@" + s.hostname() + ">";
}

}  // namespace ph_smtp
