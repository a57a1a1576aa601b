// Who the worker is: the user and group of the configuration when we were started as root, else whoever we are.
// Threads: process-wide state; only where no other thread runs.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::app {

struct Identity {
  bool change = false;  // the worker is somebody else than this process
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};

// `user` and `group` as configured, both may be empty. Denied: root without a `user`, unless `mayBeRoot`; a user that
// is root; another user than we are without being root.
ph::Result<Identity> workerIdentity(const std::string& user, const std::string& group, bool mayBeRoot);

// Becomes it for good, without a way back: groups, all capabilities and what exec could give are gone too.
ph::Status become(const Identity& identity);

// Makes the folder, and makes it the identity's own, where root alone can. One that exists stays as it is.
ph::Status makeDataFolder(const std::string& path, const Identity& identity);

// Takes its rights for as long as this object lives, so that files are opened and made as the worker would.
class Acting {
 public:
  explicit Acting(const Identity& identity);
  ~Acting();
  Acting(const Acting&) = delete;
  Acting& operator=(const Acting&) = delete;
  // False: this process keeps its own rights, and nothing should be done with them.
  bool ok() const { return ok_; }

 private:
  const bool change_;
  bool ok_ = true;
  std::vector<gid_t> groups_;
};

}  // namespace posthouse::app
