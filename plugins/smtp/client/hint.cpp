// One line per host: "name ipv4 ipv6 family", "-" for an address that is not known.
#include "client/hint.hpp"

#include <algorithm>
#include <sstream>

namespace ph_smtp::client {

namespace {

constexpr size_t kMaxText = 1024;

void append(std::vector<std::string>& out, std::vector<std::string> addresses, const std::string& first) {
  const auto found = std::find(addresses.begin(), addresses.end(), first);
  if (found != addresses.end()) std::rotate(addresses.begin(), found, found + 1);
  out.insert(out.end(), addresses.begin(), addresses.end());
}

}  // namespace

Hint::Hint(std::string_view text) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Entry e;
    std::string family;
    if (!(words >> e.host >> e.ipv4 >> e.ipv6 >> family)) continue;
    e.lastIpv6 = family == "6";
    entries_.push_back(std::move(e));
  }
}

std::vector<std::string> Hint::order(std::string_view host, const Addresses& addresses) const {
  const auto known = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.host == host; });
  const Entry e = known == entries_.end() ? Entry{std::string(host), "-", "-", true} : *known;
  std::vector<std::string> out;
  if (e.lastIpv6) {
    append(out, addresses.ipv4, e.ipv4);
    append(out, addresses.ipv6, e.ipv6);
  } else {
    append(out, addresses.ipv6, e.ipv6);
    append(out, addresses.ipv4, e.ipv4);
  }
  return out;
}

void Hint::used(std::string_view host, std::string_view ip) {
  Entry e{std::string(host), "-", "-", false};
  std::erase_if(entries_, [&](const Entry& old) {
    if (old.host == host) e = old;
    return old.host == host;
  });
  e.lastIpv6 = ip.find(':') != std::string_view::npos;
  (e.lastIpv6 ? e.ipv6 : e.ipv4) = ip;
  entries_.insert(entries_.begin(), std::move(e));
}

std::string Hint::str() const {
  std::string out;
  for (const Entry& e : entries_) {
    const std::string line = e.host + ' ' + e.ipv4 + ' ' + e.ipv6 + (e.lastIpv6 ? " 6\n" : " 4\n");
    if (out.size() + line.size() > kMaxText) break;
    out += line;
  }
  return out;
}

}  // namespace ph_smtp::client
