#include "http/parser/conditional.hpp"

#include "http/parser/date.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::http {
namespace {

constexpr std::string_view kWeak = "W/";

std::string_view opaque(std::string_view tag) {
  if (tag.substr(0, 2) == kWeak) tag.remove_prefix(2);
  return tag.size() >= 2 && tag.front() == '"' && tag.back() == '"' ? tag : std::string_view();
}

// The tags of a list one after the other; a comma may stand within one. `fn` answers true to end it.
template <class Fn>
bool anyTag(std::string_view list, Fn fn) {
  while (!list.empty()) {
    list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
    const size_t open = list.find('"');
    if (open == list.npos) return false;
    const size_t close = list.find('"', open + 1);
    if (close == list.npos) return false;
    if (fn(list.substr(0, close + 1))) return true;
    list.remove_prefix(close + 1);
  }
  return false;
}

template <class Match>
bool listed(const RequestHead& request, std::string_view name, std::string_view etag, Match match) {
  for (size_t i = 0;; ++i) {
    const auto value = request.fields.get(name, i);
    if (!value) return false;
    if (ph::text::trim(*value) == "*") return true;  // there is a representation
    if (anyTag(*value, [&](std::string_view tag) { return match(tag, etag); })) return true;
  }
}

// Whether it changed after the field's date; nothing: one of the two is not known.
std::optional<bool> changedSince(const RequestHead& request, std::string_view field, const Validators& now) {
  const auto asked = request.fields.get(field);
  if (!asked || now.lastModified.empty()) return std::nullopt;
  const auto since = parseHttpDate(*asked), changed = parseHttpDate(now.lastModified);
  if (!since || !changed) return std::nullopt;
  return *changed > *since;
}

}  // namespace

bool strongMatch(std::string_view a, std::string_view b) {
  return a == b && !opaque(a).empty() && a.substr(0, 2) != kWeak;
}

bool weakMatch(std::string_view a, std::string_view b) {
  return !opaque(a).empty() && opaque(a) == opaque(b);
}

Condition conditionOf(const RequestHead& request, const Validators& now) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (request.fields.count("if-match") > 0) {
    if (!listed(request, "if-match", now.etag, strongMatch)) return Condition::Failed;
  } else if (changedSince(request, "if-unmodified-since", now).value_or(false)) {
    return Condition::Failed;
  }
  if (request.fields.count("if-none-match") > 0) {
    if (listed(request, "if-none-match", now.etag, weakMatch))
      return reads ? Condition::NotModified : Condition::Failed;
  } else if (reads && !changedSince(request, "if-modified-since", now).value_or(true)) {
    return Condition::NotModified;
  }
  return Condition::Holds;
}

bool ifRangeHolds(const RequestHead& request, const Validators& now) {
  const auto value = request.fields.get("if-range");
  if (!value) return true;
  if (value->find('"') != value->npos) return strongMatch(*value, now.etag);
  return !now.lastModified.empty() && *value == now.lastModified && parseHttpDate(*value).has_value();
}

}  // namespace posthouse::http
