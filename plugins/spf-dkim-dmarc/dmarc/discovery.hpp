// Finding a domain's DMARC record and its organisational domain: by the public suffix list, or by walking up the tree.
// Guarantees: at most 8 questions for one walk; what was asked once is remembered as long as the object lives.
// Threads: one check. RFC 7489 3.2, 6.6.3; the tree walk as DMARCbis describes it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dmarc/record.hpp"
#include "dns/resolver.hpp"

namespace ph_mailauth {

// One label below the public suffix; a domain that is a public suffix is its own. The list is the system's (libpsl).
std::string listedOrganisation(const std::string& domain);
bool isPublicSuffix(const std::string& domain);

struct DmarcPublished {
  enum class Status { Found, None, TempError, PermError };
  Status status = Status::None;
  std::string domain;  // where the record is
  DmarcRecord record;
  std::string text;     // of the record
  bool secure = false;  // it came with DNSSEC
  std::string problem;
};

class DmarcDiscovery {
 public:
  DmarcDiscovery(Resolver& resolver, bool treeWalk) : resolver_(resolver), treeWalk_(treeWalk) {}

  // The record that holds for mail of `domain` (lower-case A-labels).
  DmarcPublished find(const std::string& domain);
  std::string organisation(const std::string& domain);
  // RFC 9091 2.7: the name has none of A, AAAA and MX. A question that fails counts as "it exists".
  bool exists(const std::string& domain);

 private:
  DmarcPublished at(const std::string& domain);
  // The records from `domain` upwards, `domain`'s own first.
  std::vector<DmarcPublished> walk(const std::string& domain);
  static std::string organisationOf(const std::string& domain, const std::vector<DmarcPublished>& walked);

  Resolver& resolver_;
  const bool treeWalk_;
  std::map<std::string, DmarcPublished> known_;
};

}  // namespace ph_mailauth
