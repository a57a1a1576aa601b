// Scanning, lookup and unfolding of header blocks.
#include "ph/header/block.hpp"

#include <algorithm>
#include <cstring>

#include "ph/text/ascii.hpp"

namespace ph::header {
namespace {

// Offset after the line that starts at pos.
size_t nextLine(std::string_view text, size_t pos) {
  const void* lf = std::memchr(text.data() + pos, '\n', text.size() - pos);
  return lf ? static_cast<size_t>(static_cast<const char*>(lf) - text.data()) + 1 : text.size();
}

bool isEmptyLine(std::string_view text, size_t pos, size_t next) {
  return (next - pos == 1 && text[pos] == '\n') || (next - pos == 2 && text[pos] == '\r' && text[pos + 1] == '\n');
}

std::string_view withoutBreak(std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// The name of a field line, or empty when the line is none. RFC 5322 4.5 lets blanks stand before the colon.
std::string_view fieldName(std::string_view line) {
  size_t i = 0;
  while (i < line.size() && static_cast<unsigned char>(line[i]) > ' ' && line[i] != ':' && line[i] != 0x7f) ++i;
  size_t colon = i;
  while (colon < line.size() && text::isBlank(line[colon])) ++colon;
  if (i == 0 || colon >= line.size() || line[colon] != ':') return {};
  return line.substr(0, i);
}

}  // namespace

End findEnd(std::string_view message) {
  size_t pos = 0;
  while (pos < message.size()) {
    const size_t next = nextLine(message, pos);
    if (isEmptyLine(message, pos, next)) return {pos, next, false};
    if (next > kMaxBlock) return {pos, pos, true};
    pos = next;
  }
  return {message.size(), message.size(), false};
}

Block::Block(std::string_view text) : end_(findEnd(text)) {
  const std::string_view block = text.substr(0, end_.fieldsEnd);
  fields_.reserve(std::min<size_t>(block.size() / 40 + 4, 64));
  bool continues = false;  // a continuation line here belongs to the last field
  for (size_t pos = 0; pos < block.size();) {
    const size_t next = nextLine(block, pos);
    const std::string_view line = block.substr(pos, next - pos);
    if (text::isBlank(line.front())) {
      if (continues) {
        Field& field = fields_.back();
        field.size = next - field.offset;
        const size_t valueStart = static_cast<size_t>(field.value.data() - block.data());
        field.value = withoutBreak(block.substr(valueStart, next - valueStart));
      } else {
        ++junkLines_;
      }
    } else if (const std::string_view name = fieldName(line); !name.empty()) {
      const size_t colon = line.find(':', name.size());
      fields_.push_back({name, withoutBreak(line.substr(colon + 1)), pos, line.size()});
      continues = true;
    } else {
      ++junkLines_;
      continues = false;
    }
    pos = next;
  }
}

const Field* Block::find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (text::equalsNoCase(field.name, name)) return &field;
  }
  return nullptr;
}

std::vector<const Field*> Block::all(std::string_view name) const {
  std::vector<const Field*> out;
  for (const Field& field : fields_) {
    if (text::equalsNoCase(field.name, name)) out.push_back(&field);
  }
  return out;
}

size_t Block::count(std::string_view name) const {
  return static_cast<size_t>(
      std::count_if(fields_.begin(), fields_.end(), [&](const Field& f) { return text::equalsNoCase(f.name, name); }));
}

std::string Block::value(std::string_view name) const {
  const Field* field = find(name);
  return field ? unfold(field->value) : std::string();
}

std::string unfold(std::string_view value) {
  value = text::trim(value);
  std::string out;
  out.reserve(value.size());
  for (const char c : value) {
    if (c == '\r' || c == '\n' || c == '\0') continue;
    out += c;
  }
  return out;
}

std::string subset(std::string_view header, const std::vector<std::string_view>& names, bool invert) {
  const Block block(header);
  std::string out;
  for (const Field& field : block.fields()) {
    const bool named =
        std::any_of(names.begin(), names.end(), [&](std::string_view n) { return text::equalsNoCase(n, field.name); });
    if (named == invert) continue;
    out.append(header.substr(field.offset, field.size));
    if (out.back() != '\n') out += "\r\n";  // the last field of a header without line end
  }
  if (block.bodyStart() > block.fieldsEnd()) out += "\r\n";
  return out;
}

}  // namespace ph::header
