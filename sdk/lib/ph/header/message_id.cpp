// Scans msg-id lists, skipping comments and quoted words outside the brackets.
#include "ph/header/message_id.hpp"

#include "ph/text/ascii.hpp"

namespace ph::header {
namespace {

// Offset after a comment whose "(" stands at pos; the end of the value when it is never closed.
size_t skipComment(std::string_view value, size_t pos) {
  size_t depth = 0;
  for (; pos < value.size(); ++pos) {
    if (value[pos] == '\\') {
      ++pos;
    } else if (value[pos] == '(') {
      ++depth;
    } else if (value[pos] == ')' && --depth == 0) {
      return pos + 1;
    }
  }
  return value.size();
}

}  // namespace

std::vector<std::string> messageIds(std::string_view value) {
  std::vector<std::string> out;
  size_t pos = 0;
  while (pos < value.size() && out.size() < kMaxMessageIds) {
    if (value[pos] == '(') {
      pos = skipComment(value, pos);
    } else if (value[pos] == '<') {
      const size_t end = value.find_first_of("<>", pos + 1);
      if (end == std::string_view::npos) break;
      if (value[end] == '<') {  // the first bracket was never closed
        pos = end;
        continue;
      }
      std::string id;
      for (const char c : value.substr(pos + 1, end - pos - 1)) {
        if (!text::isSpace(c) && c != '\0') id += c;
      }
      if (!id.empty()) out.push_back(std::move(id));
      pos = end + 1;
    } else {
      ++pos;
    }
  }
  return out;
}

std::vector<std::string> ancestorIds(std::string_view references, std::string_view inReplyTo) {
  auto ids = messageIds(references);
  if (!ids.empty()) return ids;
  ids = messageIds(inReplyTo);
  if (ids.size() > 1) ids.resize(1);
  return ids;
}

std::string unquotedId(std::string_view id) {
  if (id.empty() || id.front() != '"') return std::string(id);
  std::string out;
  for (size_t i = 1; i < id.size(); ++i) {
    if (id[i] == '"') return out.append(id.substr(i + 1));
    if (id[i] == '\\' && i + 1 < id.size()) ++i;
    out += id[i];
  }
  return std::string(id);  // the quote never ends
}

std::string messageId(std::string_view value) {
  auto ids = messageIds(value);
  return ids.empty() ? std::string() : std::move(ids.front());
}

}  // namespace ph::header
