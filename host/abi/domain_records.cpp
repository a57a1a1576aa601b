#include "ph/draft/host/domain_records.h"

#include "abi/sized.hpp"
#include "abi/tables.hpp"
#include "ph/text.hpp"
#include "plugin/domain_records.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

ph_status set(const ph_host* host, ph_str domain, const ph_domain_record* records, size_t count) {
  auto* i = plugin::Instance::of(host);
  if (!i->core().domainRecords) return PH_E_UNAVAILABLE;
  if (count > plugin::DomainRecords::kMax) return PH_E_LIMIT;
  std::vector<plugin::DomainRecords::Record> list;
  const auto* at = reinterpret_cast<const char*>(records);
  for (size_t n = 0; n < count; ++n) {
    const auto r = take(*reinterpret_cast<const ph_domain_record*>(at));
    list.push_back({std::string(ph::view(r.name)), std::string(ph::view(r.type)), std::string(ph::view(r.value)),
                    std::string(ph::view(r.why))});
    at += reinterpret_cast<const ph_domain_record*>(at)->size;  // a newer plugin's may be longer
  }
  return ph::fromStatus(i->core().domainRecords->set(i, ph::view(domain), std::move(list)));
}

}  // namespace

const void* domainRecordsTable() {
  static const ph_domain_records table = {sizeof(ph_domain_records), 0, set};
  return &table;
}

}  // namespace posthouse::abi
