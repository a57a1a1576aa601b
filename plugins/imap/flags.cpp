#include "flags.hpp"

#include <ph/draft/host/store.h>

#include "ph/text/ascii.hpp"

namespace ph_imap {

namespace {

struct SystemFlag {
  std::string_view name;
  uint32_t bit;
};
constexpr SystemFlag kSystem[] = {{"\\Seen", PH_FLAG_SEEN},
                                  {"\\Answered", PH_FLAG_ANSWERED},
                                  {"\\Flagged", PH_FLAG_FLAGGED},
                                  {"\\Deleted", PH_FLAG_DELETED},
                                  {"\\Draft", PH_FLAG_DRAFT}};

}  // namespace

bool hasWord(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const size_t blank = list.find(' ');
    if (ph::text::equalsNoCase(list.substr(0, blank), word)) return true;
    if (blank == std::string_view::npos) break;
    list.remove_prefix(blank + 1);
  }
  return false;
}

void appendFlags(std::string& out, uint32_t flags, std::string_view keywords) {
  out += '(';
  const size_t start = out.size();
  for (const auto& f : kSystem) {
    if (!(flags & f.bit)) continue;
    if (out.size() > start) out += ' ';
    out += f.name;
  }
  if (!keywords.empty()) {
    if (out.size() > start) out += ' ';
    out += keywords;
  }
  out += ')';
}

Flags splitFlags(const std::vector<std::string>& names) {
  Flags out;
  for (const std::string& name : names) {
    if (name.front() == '\\') {
      for (const auto& f : kSystem) {
        if (ph::text::equalsNoCase(name, f.name)) out.system |= f.bit;
      }
    } else if (!hasWord(out.keywords, name)) {
      if (!out.keywords.empty()) out.keywords += ' ';
      out.keywords += name;
    }
  }
  return out;
}

}  // namespace ph_imap
