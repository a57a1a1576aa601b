// Runs checks over scripted zones, for tests in other languages: commands on standard input, one answer line for each
// that asks. Fields are separated by tabs; \xHH, \t and \\ stand for octets.
//
//   reset                                  forget all zones
//   record NAME TYPE VALUE                 TYPE as A, AAAA, MX, TXT, PTR, CNAME; "NAME exists" without records: name
//   NAME name NAME fail NAME TYPE spf IP HELO SENDER RECEIVER            -> status, explanation, mechanism, lookups,
//   problem
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "ph/text/ascii.hpp"
#include "scripted_resolver.hpp"
#include "spf/check.hpp"
#include "spf/identity.hpp"

namespace {

using ph_mailauth::Ip;
using Fields = std::vector<std::string>;

Fields split(const std::string& line) {
  Fields out(1);
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\t') {
      out.emplace_back();
    } else if (c == '\\' && i + 1 < line.size()) {
      const char kind = line[++i];
      if (kind == 'x' && i + 2 < line.size()) {
        out.back() += static_cast<char>(ph::text::hexValue(line[i + 1]) * 16 + ph::text::hexValue(line[i + 2]));
        i += 2;
      } else {
        out.back() += kind == 't' ? '\t' : kind;
      }
    } else {
      out.back() += c;
    }
  }
  return out;
}

ph::DnsType typeOf(const std::string& name) {
  using ph::DnsType;
  if (name == "AAAA") return DnsType::Aaaa;
  if (name == "MX") return DnsType::Mx;
  if (name == "TXT") return DnsType::Txt;
  if (name == "PTR") return DnsType::Ptr;
  if (name == "CNAME") return DnsType::Cname;
  return DnsType::A;
}

std::string spf(const Fields& f, ScriptedResolver& resolver) {
  const auto ip = Ip::parse(f[1]);
  if (!ip) return "bad address";
  const auto identity = ph_mailauth::mailFromIdentity(f[3], f[2]);
  ph_mailauth::SpfQuery query{*ip, identity.domain, identity.sender, f[2], f[4], 1'700'000'000};
  const auto r = ph_mailauth::checkHost(query, resolver);
  return std::string(name(r.status)) + "\t" + r.explanation + "\t" + r.mechanism + "\t" + std::to_string(r.lookups) +
         "\t" + r.problem;
}

}  // namespace

int main() {
  ScriptedResolver resolver;
  std::string line;
  while (std::getline(std::cin, line)) {
    const Fields f = split(line);
    if (f[0] == "reset") resolver = ScriptedResolver();
    if (f[0] == "record" && f.size() == 4) resolver.add(f[1], typeOf(f[2]), f[3]);
    if (f[0] == "name" && f.size() == 2) resolver.add(f[1]);
    if (f[0] == "fail" && f.size() == 3) resolver.fail(f[1], typeOf(f[2]));
    if (f[0] == "spf" && f.size() == 5) std::cout << spf(f, resolver) << std::endl;
  }
  return 0;
}
