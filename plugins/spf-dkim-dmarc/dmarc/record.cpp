#include "dmarc/record.hpp"

#include <algorithm>
#include <charconv>

#include "ph/text/ascii.hpp"

namespace ph_mailauth {

namespace {

using ph::text::equalsNoCase;
using ph::text::trim;

constexpr size_t kMaxUris = 20;

struct Tag {
  std::string_view name, value;
};

// The next tag of `text`, which is shortened; false: the end.
bool takeTag(std::string_view& text, Tag& out) {
  if (text.empty()) return false;
  const auto part = text.substr(0, text.find(';'));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  const size_t equal = part.find('=');
  out.name = trim(part.substr(0, equal));
  out.value = equal == part.npos ? std::string_view() : trim(part.substr(equal + 1));
  return true;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<uint64_t> sizeLimit(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const size_t unit = std::string_view("kmgt").find(ph::text::lower(text.back()));
  if (unit != std::string_view::npos) text.remove_suffix(1);
  const auto count = number<uint64_t>(text);
  if (!count) return std::nullopt;
  const unsigned shift = unit == std::string_view::npos ? 0 : 10 * (static_cast<unsigned>(unit) + 1);
  return *count > (UINT64_MAX >> shift) ? UINT64_MAX : *count << shift;
}

std::vector<DmarcUri> uris(std::string_view list) {
  std::vector<DmarcUri> out;
  while (!list.empty() && out.size() < kMaxUris) {
    auto item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(item.size() + 1, list.size()));
    item = trim(item);
    DmarcUri uri;
    if (const size_t mark = item.rfind('!'); mark != item.npos) {
      const auto limit = sizeLimit(item.substr(mark + 1));
      if (!limit) continue;
      uri.maxSize = *limit;
      item = item.substr(0, mark);
    }
    const size_t colon = item.find(':');
    if (colon == 0 || colon == item.npos || item.find_first_of(" \t\"<>") != item.npos) continue;
    uri.uri = item;
    if (ph::text::startsWithNoCase(item, "mailto:") && uri.mailbox().empty()) continue;
    out.push_back(std::move(uri));
  }
  return out;
}

}  // namespace

std::string_view name(DmarcPolicy policy) {
  switch (policy) {
    case DmarcPolicy::Quarantine:
      return "quarantine";
    case DmarcPolicy::Reject:
      return "reject";
    case DmarcPolicy::None:
      break;
  }
  return "none";
}

std::optional<DmarcPolicy> dmarcPolicy(std::string_view text) {
  for (const auto policy : {DmarcPolicy::None, DmarcPolicy::Quarantine, DmarcPolicy::Reject}) {
    if (equalsNoCase(text, name(policy))) return policy;
  }
  return std::nullopt;
}

std::string DmarcUri::mailbox() const {
  constexpr std::string_view kScheme = "mailto:";
  if (!ph::text::startsWithNoCase(uri, kScheme)) return {};
  const std::string_view text = std::string_view(uri).substr(kScheme.size());
  std::string out;
  const auto path = text.substr(0, text.find('?'));  // RFC 6068 2: what follows are header fields
  for (size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (c == '%' && i + 2 < path.size()) {
      const int high = ph::text::hexValue(path[i + 1]), low = ph::text::hexValue(path[i + 2]);
      if (high < 0 || low < 0) return {};
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c < 0x21 || c == 0x7f) return {};
    out += c;
  }
  const size_t at = out.rfind('@');
  return at == 0 || at == out.npos || at + 1 == out.size() ? std::string() : out;
}

bool DmarcRecord::is(std::string_view text) {
  Tag tag;
  return takeTag(text, tag) && tag.name == "v" && tag.value == "DMARC1";
}

std::optional<DmarcRecord> DmarcRecord::parse(std::string_view text) {
  if (!is(text)) return std::nullopt;
  DmarcRecord r;
  Tag tag;
  takeTag(text, tag);
  bool policy = false, broken = false;
  while (takeTag(text, tag)) {
    const auto name = ph::text::toLower(tag.name);
    if (name == "p" || name == "sp" || name == "np") {
      const auto value = dmarcPolicy(tag.value);
      // RFC 9091 4: a broken np is no reason to pass over the record.
      broken = broken || (!value && name != "np");
      if (!value) continue;
      if (name == "p") {
        policy = true;
        r.policy = *value;
      } else {
        (name == "sp" ? r.subdomainPolicy : r.nonexistentPolicy) = *value;
      }
    } else if (name == "adkim" || name == "aspf") {
      (name == "adkim" ? r.strictDkim : r.strictSpf) = equalsNoCase(tag.value, "s");
    } else if (name == "pct") {
      if (const auto n = number<unsigned>(tag.value); n && *n <= 100) r.percent = *n;
    } else if (name == "ri") {
      if (const auto n = number<uint32_t>(tag.value)) r.interval = *n;
    } else if (name == "fo") {
      r.failureOptions = tag.value;
    } else if (name == "rua" || name == "ruf") {
      (name == "rua" ? r.aggregate : r.failure) = uris(tag.value);
    } else if (name == "psd" && tag.value.size() == 1) {
      const char c = ph::text::lower(tag.value.front());
      if (c == 'y' || c == 'n') r.publicSuffix = c;
    } else if (name == "t") {
      r.testing = equalsNoCase(tag.value, "y");
    }
  }
  if (policy && !broken) return r;
  if (r.aggregate.empty()) return std::nullopt;
  r.policy = DmarcPolicy::None;
  r.subdomainPolicy.reset();
  r.nonexistentPolicy.reset();
  return r;
}

DmarcPolicy DmarcRecord::policyFor(bool exact, bool exists) const {
  if (exact) return policy;
  if (!exists && nonexistentPolicy) return *nonexistentPolicy;
  return subdomainPolicy.value_or(policy);
}

}  // namespace ph_mailauth
