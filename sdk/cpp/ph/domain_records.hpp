// DNS records that a plugin wants published for a domain.
// Threads: any.
#pragma once

#include <ph/draft/host/domain_records.h>

#include <string>
#include <string_view>
#include <vector>

#include "ph/host.hpp"
#include "ph/result.hpp"

namespace ph {

struct DomainRecord {
  std::string name;  // with the dot at its end
  std::string type;
  std::string value;
  std::string why;
};

class DomainRecords {
 public:
  explicit DomainRecords(const Host& host) : host_(host), api_(host.get<ph_domain_records>(PH_IF_DOMAIN_RECORDS)) {}

  // In place of what was wanted for `domain` before. Without ph.domain-records/1: Unavailable.
  Status set(std::string_view domain, const std::vector<DomainRecord>& records) const {
    if (!api_) return Error{Kind::Unavailable, "this host shows no records"};
    std::vector<ph_domain_record> list;
    for (const auto& r : records) {
      auto out = sized<ph_domain_record>();
      out.name = str(r.name);
      out.type = str(r.type);
      out.value = str(r.value);
      out.why = str(r.why);
      list.push_back(out);
    }
    return toStatus(api_->set(host_.raw(), str(domain), list.data(), list.size()), "the records are refused");
  }

 private:
  const Host& host_;
  const ph_domain_records* const api_;
};

}  // namespace ph
