#include "dkim/header_canon.hpp"

#include <algorithm>

#include "dkim/tag_list.hpp"
#include "ph/text/ascii.hpp"

namespace ph_mailauth::dkim {
namespace {

using ph::text::isBlank;

std::string_view withoutLineEnd(std::string_view field) {
  if (field.ends_with('\n')) field.remove_suffix(1);
  if (field.ends_with('\r')) field.remove_suffix(1);
  return field;
}

// RFC 6376 3.4.1: nothing changes. A bare CR or LF is a line end, which is CRLF.
void appendSimple(std::string_view field, std::string& out) {
  for (size_t i = 0; i < field.size(); ++i) {
    const char c = field[i];
    if (c == '\n' || c == '\r') {
      out += "\r\n";
      if (c == '\r' && i + 1 < field.size() && field[i + 1] == '\n') ++i;
    } else {
      out += c;
    }
  }
}

// RFC 6376 3.4.2: lower-case name, unfolded, runs of blanks are one, none at the ends and around the colon.
void appendRelaxed(std::string_view field, std::string& out) {
  const size_t colon = std::min(field.find(':'), field.size());
  const size_t before = out.size();
  out.resize(before + field.size() + 1);  // it never becomes longer, but for a colon
  char* to = out.data() + before;
  for (const char c : ph::text::trim(field.substr(0, colon))) *to++ = ph::text::lower(c);
  *to++ = ':';
  bool blank = false;
  const char* const start = to;
  for (const char c : field.substr(std::min(colon + 1, field.size()))) {
    if (c == '\r' || c == '\n') continue;
    if (isBlank(c)) {
      blank = true;
      continue;
    }
    if (blank && to != start) *to++ = ' ';
    blank = false;
    *to++ = c;
  }
  out.resize(static_cast<size_t>(to - out.data()));
}

void appendBare(Canon canon, std::string_view field, std::string& out) {
  if (canon == Canon::Simple) {
    appendSimple(field, out);
  } else {
    appendRelaxed(field, out);
  }
}

}  // namespace

void appendCanonical(Canon canon, std::string_view field, std::string& out) {
  appendBare(canon, withoutLineEnd(field), out);
  out += "\r\n";
}

void appendUnsigned(Canon canon, std::string_view field, std::string& out) {
  field = withoutLineEnd(field);
  const size_t colon = field.find(':');
  if (colon == std::string_view::npos) return appendBare(canon, field, out);
  const auto tags = TagList::parse(field.substr(colon + 1));
  const Tag* b = tags ? tags->find("b") : nullptr;
  if (!b) return appendBare(canon, field, out);
  std::string bare(field.substr(0, colon + 1 + b->begin));
  bare += field.substr(colon + 1 + b->end);
  appendBare(canon, bare, out);
}

HeaderFields::HeaderFields(std::string_view text, const ph::header::Block& block) : text_(text), block_(block) {
  for (const auto& field : block.fields()) byName_[ph::text::toLower(field.name)].push_back(&field);
}

size_t HeaderFields::count(std::string_view name) const {
  const auto found = byName_.find(ph::text::toLower(name));
  return found == byName_.end() ? 0 : found->second.size();
}

void HeaderFields::append(Canon canon, const std::vector<std::string>& names, std::string& out) const {
  std::unordered_map<std::string, size_t> used;
  for (const auto& name : names) {
    std::string key = ph::text::toLower(name);
    const auto found = byName_.find(key);
    if (found == byName_.end()) continue;  // RFC 6376 3.5: a field that is not there is the null string
    size_t& n = used[std::move(key)];
    const auto& fields = found->second;
    if (n < fields.size()) appendCanonical(canon, raw(*fields[fields.size() - ++n]), out);
  }
}

}  // namespace ph_mailauth::dkim
