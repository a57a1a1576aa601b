#include "ph/imap/rights.hpp"

namespace ph::imap {

namespace {
constexpr Rights kCreateRights = right::kCreate | right::kDeleteMailbox;
constexpr Rights kDeleteRights = right::kDeleteMessages | right::kExpunge;
}  // namespace

std::optional<Rights> parseRights(std::string_view letters) {
  Rights out = 0;
  for (const char letter : letters) {
    if (const auto at = kRightLetters.find(letter); at != std::string_view::npos) {
      out |= Rights{1} << at;
    } else if (letter == 'c') {
      out |= kCreateRights;
    } else if (letter == 'd') {
      out |= kDeleteRights;
    } else {
      return std::nullopt;
    }
  }
  return out;
}

std::string rightsText(Rights rights) {
  std::string out;
  for (std::size_t i = 0; i < kRightLetters.size(); ++i) {
    if (rights & (Rights{1} << i)) out += kRightLetters[i];
  }
  if (rights & kCreateRights) out += 'c';
  if (rights & kDeleteRights) out += 'd';
  return out;
}

}  // namespace ph::imap
