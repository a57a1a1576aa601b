#include "app/listening.hpp"

#include <charconv>

namespace posthouse::app {
namespace {

constexpr size_t kFixed = 5;  // name, protocol, tls, problem, number of addresses

}  // namespace

std::vector<std::string> toTexts(const std::vector<Listening>& all) {
  std::vector<std::string> out;
  for (const auto& l : all) {
    out.insert(out.end(), {l.name, l.protocol, l.tls, l.problem, std::to_string(l.addresses.size())});
    out.insert(out.end(), l.addresses.begin(), l.addresses.end());
  }
  return out;
}

std::optional<std::vector<Listening>> listeningFrom(const std::vector<std::string>& texts) {
  std::vector<Listening> out;
  for (size_t i = 0; i < texts.size();) {
    if (texts.size() - i < kFixed) return std::nullopt;
    const std::string& number = texts[i + kFixed - 1];
    size_t count = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), count);
    if (error != std::errc() || end != number.data() + number.size() || count > texts.size() - i - kFixed) {
      return std::nullopt;
    }
    const auto first = texts.begin() + static_cast<ptrdiff_t>(i + kFixed);
    out.push_back({texts[i], texts[i + 1], texts[i + 2], {first, first + static_cast<ptrdiff_t>(count)}, texts[i + 3]});
    i += kFixed + count;
  }
  return out;
}

}  // namespace posthouse::app
