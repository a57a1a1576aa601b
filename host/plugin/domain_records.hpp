// The DNS records that plugins want published, by domain. Threads: any.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::plugin {

class DomainRecords {
 public:
  struct Record {
    std::string name, type, value, why;
  };
  static constexpr size_t kMax = 100;  // of one owner for one domain

  // Replaces what `owner` wants for the domain. Limit: too many; Invalid: control characters.
  ph::Status set(const void* owner, std::string_view domain, std::vector<Record> records);
  void remove(const void* owner);
  // Of all owners.
  std::vector<Record> of(const std::string& domain) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, const void*>, std::vector<Record>> records_;
};

}  // namespace posthouse::plugin
