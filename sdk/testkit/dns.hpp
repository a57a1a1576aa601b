// A ph.dns/1 that answers what a test wrote down, and nothing else. Answers come through ph.jobs/1 of the same host,
// as real ones come later. Offered only when `offered` is set before the plugin starts. Threads: one.
#pragma once

#include <ph/draft/host/dns.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ph::testkit {

struct DnsEntry {
  int outcome = PH_DNS_FOUND;
  std::vector<std::string> values;  // MX: "preference name"
  int security = PH_DNS_INSECURE;
};

class Dns {
 public:
  static constexpr const char* kId = "testkit.dns";

  Dns();
  const ph_dns* table() const { return &table_; }

  bool offered = false;
  bool atOnce = false;  // answers come within the question, for hooks that wait for them
  // By name and PH_DNS_* type. A name with other types only: no data; an unknown name: no such name.
  std::map<std::pair<std::string, int>, DnsEntry> entries;
  std::vector<std::string> asked;  // "name type"

 private:
  ph_dns table_;
};

}  // namespace ph::testkit
