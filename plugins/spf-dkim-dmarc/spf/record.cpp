#include "spf/record.hpp"

#include <algorithm>
#include <array>

#include "ph/text/ascii.hpp"

namespace ph_mailauth {

namespace {

using Mechanism = SpfDirective::Mechanism;
using ph::text::equalsNoCase;
using ph::text::isAlpha;
using ph::text::isDigit;

constexpr std::string_view kVersion = "v=spf1";

struct Shape {
  std::string_view name;
  Mechanism mechanism;
  enum class Argument { None, Optional, Required } domain;
  bool dualCidr = false;
};

constexpr std::array<Shape, 6> kShapes = {{{"all", Mechanism::All, Shape::Argument::None},
                                           {"include", Mechanism::Include, Shape::Argument::Required},
                                           {"a", Mechanism::A, Shape::Argument::Optional, true},
                                           {"mx", Mechanism::Mx, Shape::Argument::Optional, true},
                                           {"ptr", Mechanism::Ptr, Shape::Argument::Optional},
                                           {"exists", Mechanism::Exists, Shape::Argument::Required}}};

// Takes "/24" (or "//64" with slash "//") off the end. False: there is one above `max`.
bool takePrefix(std::string_view& text, std::string_view slash, unsigned max, unsigned& out) {
  size_t digits = 0;
  while (digits < text.size() && isDigit(text[text.size() - digits - 1])) ++digits;
  const auto rest = text.substr(0, text.size() - digits);
  const auto number = text.substr(rest.size());
  if (digits == 0 || (digits > 1 && number.front() == '0')) return true;
  if (rest.size() < slash.size() || rest.substr(rest.size() - slash.size()) != slash) return true;
  unsigned value = 0;
  for (const char c : number) value = std::min(value * 10 + static_cast<unsigned>(c - '0'), 1000U);
  if (value > max) return false;
  out = value;
  text = rest.substr(0, rest.size() - slash.size());
  return true;
}

bool parseNetwork(std::string_view argument, bool v6, Network& out) {
  out.prefix = v6 ? 128 : 32;
  if (!takePrefix(argument, "/", out.prefix, out.prefix)) return false;
  const auto ip = v6 ? Ip::parseV6(argument) : Ip::parseV4(argument);
  if (ip) out.base = *ip;
  return ip.has_value();
}

std::optional<SpfDirective> parseDirective(std::string_view term) {
  SpfDirective d;
  d.text = term;
  if (std::string_view("+-?~").find(term.front()) != std::string_view::npos) {
    d.qualifier = term.front();
    term.remove_prefix(1);
  }
  for (const bool v6 : {false, true}) {
    const std::string_view name = v6 ? "ip6:" : "ip4:";
    if (!ph::text::startsWithNoCase(term, name)) continue;
    d.mechanism = v6 ? Mechanism::Ip6 : Mechanism::Ip4;
    return parseNetwork(term.substr(name.size()), v6, d.network) ? std::optional(d) : std::nullopt;
  }
  const auto name = term.substr(0, term.find_first_of(":/"));
  const auto* const shape =
      std::find_if(kShapes.begin(), kShapes.end(), [&](const Shape& s) { return equalsNoCase(s.name, name); });
  if (shape == kShapes.end()) return std::nullopt;
  d.mechanism = shape->mechanism;
  auto rest = term.substr(name.size());
  if (shape->dualCidr && (!takePrefix(rest, "//", 128, d.prefix6) || !takePrefix(rest, "/", 32, d.prefix4))) {
    return std::nullopt;
  }
  if (rest.empty()) return shape->domain != Shape::Argument::Required ? std::optional(d) : std::nullopt;
  if (rest.front() != ':' || shape->domain == Shape::Argument::None) return std::nullopt;
  d.target = MacroString::parse(rest.substr(1), MacroString::Place::DomainSpec);
  return d.target ? std::optional(d) : std::nullopt;
}

// The length of the name of a modifier, 0: the term is none. name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." )
size_t modifierName(std::string_view term) {
  if (term.empty() || !isAlpha(term.front())) return 0;
  size_t n = 1;
  while (n < term.size() &&
         (isAlpha(term[n]) || isDigit(term[n]) || std::string_view("-_.").find(term[n]) != std::string_view::npos))
    ++n;
  return n < term.size() && term[n] == '=' ? n : 0;
}

bool parseModifier(std::string_view name, std::string_view value, SpfRecord& out) {
  for (auto* known : {&out.redirect, &out.explanation}) {
    if (!equalsNoCase(name, known == &out.redirect ? "redirect" : "exp")) continue;
    if (*known) return false;  // RFC 7208 6: at most once
    *known = MacroString::parse(value, MacroString::Place::DomainSpec);
    return known->has_value();
  }
  return MacroString::parse(value, MacroString::Place::Modifier).has_value();
}

}  // namespace

bool SpfRecord::is(std::string_view text) {
  if (!ph::text::startsWithNoCase(text, kVersion)) return false;
  return text.size() == kVersion.size() || text[kVersion.size()] == ' ';
}

ph::Result<SpfRecord> SpfRecord::parse(std::string_view text) {
  SpfRecord out;
  text.remove_prefix(std::min(kVersion.size(), text.size()));
  while (!text.empty()) {
    const auto term = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(term.size() + 1, text.size()));
    if (term.empty()) continue;
    const size_t name = modifierName(term);
    if (name != 0) {
      if (parseModifier(term.substr(0, name), term.substr(name + 1), out)) continue;
    } else if (auto directive = parseDirective(term)) {
      out.directives.push_back(std::move(*directive));
      continue;
    }
    return ph::Error{ph::Kind::Invalid, std::string(term)};
  }
  return out;
}

}  // namespace ph_mailauth
