#include "dns/types.hpp"

#include <algorithm>
#include <iterator>

#include "ph/text/ascii.hpp"

namespace posthouse::dns {
namespace {

// In the order of kAllTypes.
constexpr const char* kTypeNames[] = {"A", "NS", "CNAME", "PTR", "MX", "TXT", "AAAA", "SRV", "TLSA", "CAA"};
static_assert(std::size(kTypeNames) == std::size(kAllTypes));

}  // namespace

std::optional<Type> typeOf(int number) {
  for (const Type t : kAllTypes) {
    if (static_cast<int>(t) == number) return t;
  }
  return std::nullopt;
}

std::optional<Type> typeOf(std::string_view name) {
  const std::string lower = ph::text::toLower(name);
  for (const Type t : kAllTypes) {
    if (ph::text::toLower(nameOf(t)) == lower) return t;
  }
  return std::nullopt;
}

const char* nameOf(Type type) {
  const auto* at = std::find(std::begin(kAllTypes), std::end(kAllTypes), type);
  return at == std::end(kAllTypes) ? "?" : kTypeNames[at - std::begin(kAllTypes)];
}

const char* nameOf(Outcome outcome) {
  static constexpr const char* kNames[] = {"found", "no data", "no name", "temporary"};
  return kNames[static_cast<int>(outcome)];
}

const char* nameOf(Security security) {
  static constexpr const char* kNames[] = {"indeterminate", "insecure", "secure", "bogus"};
  return kNames[static_cast<int>(security)];
}

Answer Answer::failed(std::string name, std::string text) {
  Answer a;
  a.name = std::move(name);
  a.text = std::move(text);
  return a;
}

}  // namespace posthouse::dns
