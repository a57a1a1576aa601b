#include "pipeline/forged_results.hpp"

#include <algorithm>

#include "ph/header/block.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::pipeline {
namespace {

// Behind comments and folding, RFC 5322 3.2.2.
size_t skipComments(std::string_view s, size_t at) {
  size_t depth = 0;
  for (; at < s.size(); ++at) {
    const char c = s[at];
    if (c == '\\' && depth > 0) {
      ++at;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (depth == 0 && !ph::text::isSpace(c)) {
      break;
    }
  }
  return std::min(at, s.size());
}

constexpr std::string_view kName = "Authentication-Results";

// Most messages have none: then nothing is taken apart.
bool mentioned(std::string_view header) {
  for (size_t at = 0; at < header.size();) {
    if (ph::text::startsWithNoCase(header.substr(at), kName)) return true;
    at = header.find('\n', at);
    if (at == std::string_view::npos) return false;
    ++at;
  }
  return false;
}

}  // namespace

std::string authservId(std::string_view value) {
  std::string out;
  size_t at = skipComments(value, 0);
  if (at < value.size() && value[at] == '"') {
    for (++at; at < value.size() && value[at] != '"'; ++at) {
      if (value[at] == '\\' && at + 1 < value.size()) ++at;
      if (value[at] != '\r' && value[at] != '\n') out += value[at];
    }
    return out;
  }
  while (at < value.size() && !ph::text::isSpace(value[at]) && value[at] != ';' && value[at] != '(') out += value[at++];
  return out;
}

std::vector<store::MessageSource::Cut> forgedResults(std::string_view header, std::string_view hostname) {
  std::vector<store::MessageSource::Cut> out;
  if (!mentioned(header)) return out;
  const ph::header::Block block(header);
  for (const auto& field : block.fields()) {
    if (!ph::text::equalsNoCase(field.name, kName)) continue;
    if (ph::text::equalsNoCase(authservId(field.value), hostname)) out.push_back({field.offset, field.size});
  }
  return out;
}

}  // namespace posthouse::pipeline
