// Who is asking: found once by the face a request came through, judged by the registry, written into the audit log.
// A value type.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace posthouse::admin {

// Each may what the ones before it may.
enum class Role { Account = 0, DomainAdmin = 1, Admin = 2 };
const char* roleName(Role role);  // "account", "domain-admin", "admin"
std::optional<Role> roleFrom(std::string_view name);

struct Principal {
  std::string name;                     // for people: "unix:0", "token laptop", an account
  std::string face;                     // how he came: "socket", "token", "session"
  std::string from;                     // IP address; empty: this machine
  Role role = Role::Account;            // the least, so that who forgets to say it gives nothing away
  std::string session;                  // of a browser: its name
  std::string account;                  // of an account: the only one he may see
  std::vector<std::string> domains;     // of a domain's admin, in A-labels
  std::vector<std::string> operations;  // what he may call, as "queue.list" or "queue.*"; none: all of his role

  bool mayDomain(std::string_view domain) const;
  bool mayCall(std::string_view operation) const;
};

}  // namespace posthouse::admin
