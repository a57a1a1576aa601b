#include "plugin/domain_records.hpp"

#include <algorithm>

namespace posthouse::plugin {
namespace {

bool isPlain(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

ph::Status DomainRecords::set(const void* owner, std::string_view domain, std::vector<Record> records) {
  if (records.size() > kMax) return ph::Error{ph::Kind::Limit, "too many records"};
  for (const auto& r : records) {
    if (r.name.empty() || r.type.empty() || !isPlain(r.name) || !isPlain(r.type) || !isPlain(r.value) ||
        !isPlain(r.why)) {
      return ph::Error{ph::Kind::Invalid, "a record is malformed"};
    }
  }
  const std::lock_guard lock(mutex_);
  auto& place = records_[{std::string(domain), owner}];
  place = std::move(records);
  if (place.empty()) records_.erase({std::string(domain), owner});
  return {};
}

void DomainRecords::remove(const void* owner) {
  const std::lock_guard lock(mutex_);
  std::erase_if(records_, [&](const auto& entry) { return entry.first.second == owner; });
}

std::vector<DomainRecords::Record> DomainRecords::of(const std::string& domain) const {
  std::vector<Record> out;
  const std::lock_guard lock(mutex_);
  for (auto it = records_.lower_bound({domain, nullptr}); it != records_.end() && it->first.first == domain; ++it) {
    out.insert(out.end(), it->second.begin(), it->second.end());
  }
  return out;
}

}  // namespace posthouse::plugin
