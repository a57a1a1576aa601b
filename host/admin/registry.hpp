// From a request of any face to the handler and back: checks arguments and rights, calls, writes the audit log.
// Guarantees: a handler only runs with arguments that fit its description, for a principal who may; what changed
// something is in the audit log before the answer goes out. Threads: call() from any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {

class Registry {
 public:
  // How one call ended: for the audit log.
  struct Record {
    const Operation& operation;
    const Principal& who;
    const json::Value& args;  // without secrets
    const ph::Status& result;
  };
  using Audit = std::function<ph::Status(const Record&)>;

  Registry(Core& core, std::vector<const Operation*> operations, Audit audit)
      : core_(core), operations_(std::move(operations)), audit_(std::move(audit)) {}

  const std::vector<const Operation*>& all() const { return operations_; }
  const Operation* find(std::string_view name) const;
  const Core& core() const { return core_; }
  // Invalid: the arguments; Denied: not for him. `tell`: to say how far it is, or null. `body`: of operations that take
  // bytes.
  Answer call(const Operation& operation, const Principal& who, json::Value args, TellProgress tell = nullptr,
              std::string body = {}) const;

 private:
  ph::Status mayTouch(const Operation& operation, const Principal& who, json::Value* args) const;

  Core& core_;
  const std::vector<const Operation*> operations_;
  const Audit audit_;
};

// Whether he may see and change it.
bool mayTouch(const Core& core, Subject subject, const std::string& what, const Principal& who);
// Whether all addresses of the account, and it has some, lie in domains of this domain's admin, and it administers no
// others; or it is the principal's.
bool mayAccount(const Core& core, const Principal& who, const std::string& account);

}  // namespace posthouse::admin
