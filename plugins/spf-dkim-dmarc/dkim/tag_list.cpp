#include "dkim/tag_list.hpp"

#include <algorithm>
#include <charconv>

#include "ph/sasl/base64.hpp"
#include "ph/text/ascii.hpp"

namespace ph_mailauth::dkim {
namespace {

using ph::text::isAlpha;
using ph::text::isDigit;
using ph::text::isSpace;
using ph::text::trim;

constexpr size_t kMaxTags = 64;  // a search is through all of them

ph::Error invalid(std::string_view what) {
  return {ph::Kind::Invalid, std::string(what)};
}

// tag-name = ALPHA *ALNUMPUNC
bool isTagName(std::string_view name) {
  return !name.empty() && isAlpha(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) { return isAlpha(c) || isDigit(c) || c == '_'; });
}

// tval = 1*VALCHAR, with blanks between; VALCHAR = %x21-3A / %x3C-7E, and UTF-8.
bool isValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u > 0x20 ? u != 0x7f : isSpace(c);
  });
}

}  // namespace

ph::Result<TagList> TagList::parse(std::string_view text) {
  TagList out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(';', at), text.size());
    const std::string_view spec = text.substr(at, end - at);
    if (trim(spec).empty()) {
      // Nothing but blanks may follow the last semicolon.
      if (end < text.size() || out.tags_.empty()) return invalid("an empty tag");
      break;
    }
    const size_t equals = spec.find('=');
    if (equals == std::string_view::npos) return invalid("a tag without a value");
    Tag tag;
    tag.name = trim(spec.substr(0, equals));
    tag.value = trim(spec.substr(equals + 1));
    tag.begin = at + equals + 1;
    tag.end = end;
    if (!isTagName(tag.name)) return invalid("a bad tag name");
    if (!isValue(tag.value)) return invalid("bad characters in tag " + std::string(tag.name));
    if (out.find(tag.name)) return invalid("tag " + std::string(tag.name) + " occurs twice");
    if (out.tags_.size() == kMaxTags) return invalid("too many tags");
    out.tags_.push_back(tag);
    at = end + 1;
  }
  if (out.tags_.empty()) return invalid("no tags");
  return out;
}

const Tag* TagList::find(std::string_view name) const {
  const auto found = std::find_if(tags_.begin(), tags_.end(), [&](const Tag& t) { return t.name == name; });
  return found == tags_.end() ? nullptr : &*found;
}

std::string_view TagList::value(std::string_view name) const {
  const Tag* tag = find(name);
  return tag ? tag->value : std::string_view();
}

std::string withoutBlanks(std::string_view value) {
  std::string out;
  // In runs: what is long here is base64 on lines of its own.
  for (size_t at = 0; at < value.size();) {
    if (isSpace(value[at])) {
      ++at;
      continue;
    }
    const size_t end = std::min(value.find_first_of(" \t\r\n", at), value.size());
    out.append(value.substr(at, end - at));
    at = end;
  }
  return out;
}

std::vector<std::string_view> splitColons(std::string_view value) {
  std::vector<std::string_view> out;
  for (size_t at = 0; at <= value.size();) {
    const size_t end = std::min(value.find(':', at), value.size());
    out.push_back(trim(value.substr(at, end - at)));
    at = end + 1;
  }
  return out;
}

ph::Result<std::string> decodeBase64(std::string_view value) {
  return ph::sasl::decodeBase64(withoutBlanks(value));
}

std::optional<uint64_t> parseNumber(std::string_view value) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return number;
}

ph::Result<std::string> decodeQuotedPrintable(std::string_view value) {
  std::string out;
  for (size_t i = 0; i < value.size(); ++i) {
    if (isSpace(value[i])) continue;
    if (value[i] != '=') {
      out += value[i];
      continue;
    }
    if (i + 2 >= value.size()) return invalid("bad quoted-printable");
    const int high = ph::text::hexValue(value[i + 1]), low = ph::text::hexValue(value[i + 2]);
    if (high < 0 || low < 0) return invalid("bad quoted-printable");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace ph_mailauth::dkim
