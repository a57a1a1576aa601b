// Who changed what: a line of JSON per change in data/admin/audit.log, only ever added to.
// Guarantees: a line is on disk when add() returns. Threads: any.
#pragma once

#include <mutex>
#include <string>

#include "admin/registry.hpp"

namespace posthouse::admin {

class Audit {
 public:
  explicit Audit(std::string file) : file_(std::move(file)) {}
  ph::Status add(const Registry::Record& record);
  // The newest first.
  ph::Result<json::Value> read(size_t max) const;

 private:
  const std::string file_;
  mutable std::mutex mutex_;
};

}  // namespace posthouse::admin
