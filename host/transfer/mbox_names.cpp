#include "transfer/mbox_names.hpp"

#include <algorithm>

#include "ph/text/ascii.hpp"

namespace posthouse::transfer {
namespace {

std::string escaped(const std::string& part) {
  std::string out;
  const std::string_view suffix = ".mbox";
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool dot = part[i] == '.' && (i == 0 || std::string_view(part).substr(i) == suffix);
    if (part[i] == '%') {
      out += "%25";
    } else {
      out += dot ? "%2E" : std::string(1, part[i]);
    }
  }
  return out;
}

std::string unescaped(const std::string& part) {
  std::string out;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const auto three = std::string_view(part).substr(i, 3);
    if (three == "%25" || three == "%2E") {
      out += three == "%25" ? '%' : '.';
      i += 2;
    } else {
      out += part[i];
    }
  }
  return out;
}

template <class F>
void eachPart(const std::string& path, F&& f) {
  for (std::size_t at = 0; at <= path.size();) {
    const auto slash = std::min(path.find('/', at), path.size());
    f(path.substr(at, slash - at), slash == path.size());
    at = slash + 1;
  }
}

}  // namespace

std::string mboxPath(const std::string& mailbox) {
  std::string out;
  eachPart(mailbox, [&](const std::string& part, bool last) { out += escaped(part) + (last ? ".mbox" : "/"); });
  return out;
}

std::string mailboxOfMbox(const std::string& path, const std::string& base) {
  std::string out = base;
  eachPart(path, [&](std::string part, bool last) {
    for (const std::string_view suffix : {".mbox", ".mbx", ".sbd"}) {
      if (part.size() > suffix.size() && part.ends_with(suffix) && last == (suffix != ".sbd")) {
        part.resize(part.size() - suffix.size());
        break;
      }
    }
    if (part.empty()) return;
    part = unescaped(part);
    if (out.empty() && last && ph::text::equalsNoCase(part, "INBOX")) part = "INBOX";
    out += (out.empty() ? "" : "/") + part;
  });
  return out;
}

}  // namespace posthouse::transfer
