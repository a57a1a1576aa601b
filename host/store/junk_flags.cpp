#include "store/junk_flags.hpp"

#include <algorithm>

#include "ph/charset/convert.hpp"

namespace posthouse::store {
namespace {

// RFC 9051 2.3.2, RFC 3503, RFC 5788 (IANA's list of IMAP keywords).
constexpr std::string_view kWellKnown[] = {kJunk,       kNotJunk,     "$Forwarded",     "$MDNSent",
                                           "$Phishing", "$Important", "$SubmitPending", "$Submitted"};

bool same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool has(const std::vector<std::string>& keywords, std::string_view word) {
  return std::any_of(keywords.begin(), keywords.end(), [&](const auto& k) { return same(k, word); });
}

}  // namespace

std::optional<JunkState> junkStateOf(const Mailbox& mailbox, const AccountSettings& settings) {
  if (mailbox.use == Use::Junk) return JunkState::Junk;
  const auto& rules = settings.junkFlags;
  if (!rules.enabled) return {};
  const auto name = ph::charset::foldCase(mailbox.name);
  if (rules.junk.matches(name)) return JunkState::Junk;
  if (rules.neutral.matches(name)) return JunkState::Neutral;
  if (rules.notJunk.matches(name)) return JunkState::NotJunk;
  const bool junk(rules.junk), neutral(rules.neutral), notJunk(rules.notJunk);
  if (!junk && neutral && notJunk) return JunkState::Junk;
  if (junk && !neutral && notJunk) return JunkState::Neutral;
  if (junk && neutral && !notJunk) return JunkState::NotJunk;
  return {};
}

void setJunkState(std::vector<std::string>& keywords, JunkState state) {
  std::erase_if(keywords, [](const auto& k) { return same(k, kJunk) || same(k, kNotJunk); });
  if (state == JunkState::Junk) keywords.emplace_back(kJunk);
  if (state == JunkState::NotJunk) keywords.emplace_back(kNotJunk);
}

JunkState junkStateOf(const std::vector<std::string>& keywords) {
  const bool junk = has(keywords, kJunk);
  if (junk == has(keywords, kNotJunk)) return JunkState::Neutral;
  return junk ? JunkState::Junk : JunkState::NotJunk;
}

std::string_view canonicalKeyword(std::string_view word) {
  for (const auto known : kWellKnown)
    if (same(known, word)) return known;
  return word;
}

std::vector<std::string> splitKeywords(std::string_view joined) {
  std::vector<std::string> words;
  while (!joined.empty()) {
    const auto space = joined.find(' ');
    words.emplace_back(joined.substr(0, space));
    joined.remove_prefix(space == std::string_view::npos ? joined.size() : space + 1);
  }
  return words;
}

}  // namespace posthouse::store
