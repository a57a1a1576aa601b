// Runs checks over scripted zones, for tests in other languages: commands on standard input, one answer line for each
// that asks. Fields are separated by tabs; \xHH, \t and \\ stand for octets.
//
//   reset                                  forget all zones
//   record NAME TYPE VALUE                 TYPE as A, AAAA, MX, TXT, PTR, CNAME; "NAME exists" without records: name
//   NAME name NAME fail NAME TYPE spf IP HELO SENDER RECEIVER            -> status, explanation, mechanism, lookups,
//   problem
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "cli/checks.hpp"
#include "cli/verifier.hpp"
#include "ph/text/ascii.hpp"
#include "report/write.hpp"
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

std::string report(const Fields& f) {
  ph_mailauth::AggregateReport r;
  r.organisation = r.email = "mx.example";
  r.id = "1";
  r.end = 86399;
  r.domain = "example.org";
  r.adkim = "r", r.aspf = "s", r.p = "reject", r.sp = "none", r.np = "quarantine", r.testing = "y", r.fo = "1:d";
  r.discovery = "treewalk";
  r.errors = {"<none>"};
  ph_mailauth::ReportRow row;
  row.sourceIp = f[1];
  row.count = 2;
  row.disposition = "none";
  row.reasons = {{f[2], f[3]}};
  row.headerFrom = "example.org";
  row.dkimResults = {{"example.org", "", "temperror"}, {"example.net", "s", "pass"}};
  row.spfResults = {{"example.org", "helo", "softfail"}};
  r.rows = {row, row};
  std::string xml = ph_mailauth::reportXml(r);
  std::replace(xml.begin(), xml.end(), '\n', ' ');
  return xml;
}

std::string dmarc(const Fields& f, ScriptedResolver& resolver) {
  const ph_mailauth::ClientArguments client{f[1], f[2], f[3], "receiver.example", 1'700'000'000};
  const auto said = ph_mailauth::dmarcCheck(client, f[4], false, ph_mailauth::dkimVerifier(client.now), resolver);
  return said ? ph::json::text(*said) : "bad: " + said.error().text;
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
    if (f[0] == "dmarc" && f.size() == 5) std::cout << dmarc(f, resolver) << std::endl;
    if (f[0] == "report" && f.size() == 4) std::cout << report(f) << std::endl;
  }
  return 0;
}
