// Shares: which accounts share something with whom, so that a LIST need not open all of them. A host-wide database.
// Guarantees: a superset of the truth, which is the owners' access control lists: a pair is durable before the owner
// commits the right, so a crash can only leave one too many. A file that is missing or damaged is made anew; until all
// accounts were looked at, isComplete() is false and pairs may be missing.
// Threads: any; owners() and isKnown() never wait for the disk. RFC 4314, RFC 2342.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"

namespace posthouse::store {

class Shares {
 public:
  Shares(db::Vfs& vfs, std::string path);
  ~Shares();

  // Those that perhaps share something with `viewer`, or with everybody.
  std::set<std::string> owners(std::string_view viewer) const;
  bool isKnown(std::string_view grantee, std::string_view owner) const;
  bool isComplete() const;

  // Makes the pair durable, then runs `commit`. Meanwhile nobody forgets it.
  ph::Status share(const std::string& grantee, const std::string& owner, const std::function<ph::Status()>& commit);
  // Unless `isShared`, which must not wait.
  void forget(const std::string& grantee, const std::string& owner, const std::function<bool()>& isShared);

  // Making it anew: what one account shares; and that all were looked at.
  ph::Status found(const std::string& owner, const std::set<std::string>& grantees);
  ph::Status complete();

 private:
  using Pair = std::pair<std::string, std::string>;  // grantee, owner
  ph::Status openLocked();
  ph::Status load();
  void discard();
  ph::Status insert(const Pair& pair);
  ph::Status write(const char* sql, const Pair& pair);

  db::Vfs& vfs_;
  const std::string path_;
  std::mutex fileMutex_;  // before mutex_
  std::unique_ptr<db::Database> file_;
  mutable std::mutex mutex_;
  std::map<std::string, std::set<std::string>, std::less<>> owners_;  // by grantee
  std::multiset<Pair> granting_;
  bool complete_ = false;
};

}  // namespace posthouse::store
