#include "dns/resolver.hpp"

#include "ph/text/ascii.hpp"

namespace ph_mailauth {

HostResolver::HostResolver(const ph::Host& host, uint32_t budgetMs, const ph_call* call, unsigned maxQuestions)
    : host_(host), dns_(host), endMs_(host.monotonicMs() + budgetMs), call_(call), questionsLeft_(maxQuestions) {}

ph::DnsAnswer HostResolver::ask(std::string_view name, ph::DnsType type) {
  ph::DnsAnswer none;
  const std::string text = dnsText(name);
  if (text.empty()) {
    none.outcome = ph::DnsAnswer::Outcome::NoName;
    return none;
  }
  const uint64_t now = host_.monotonicMs();
  if (!dns_ || now >= endMs_ || questionsLeft_ == 0) {
    none.text = dns_ ? "the time or the questions of this check are used up" : "this host asks no resolver";
    return none;
  }
  --questionsLeft_;
  return dns_.lookUp(text, type, static_cast<uint32_t>(endMs_ - now), call_);
}

std::string dnsText(std::string_view name) {
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  if (name.empty() || name.size() > 253) return {};
  std::string out;
  size_t label = 0;
  for (const char c : name) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '.') {
      if (label == 0) return {};
      label = 0;
      out += c;
      continue;
    }
    if (++label > 63) return {};
    if (octet > 0x20 && octet < 0x7f && c != '\\') {
      out += ph::text::lower(c);
    } else {
      out += '\\';
      for (const unsigned unit : {100U, 10U, 1U}) out += static_cast<char>('0' + octet / unit % 10);
    }
  }
  return label == 0 ? std::string() : out;
}

}  // namespace ph_mailauth
