#include "admin/principal.hpp"

#include <algorithm>

namespace posthouse::admin {
namespace {
constexpr const char* kRoles[] = {"account", "domain-admin", "admin"};
}  // namespace

const char* roleName(Role role) {
  return kRoles[static_cast<size_t>(role)];
}

std::optional<Role> roleFrom(std::string_view name) {
  for (size_t i = 0; i < std::size(kRoles); ++i) {
    if (name == kRoles[i]) return static_cast<Role>(i);
  }
  return std::nullopt;
}

bool Principal::mayDomain(std::string_view domain) const {
  return role == Role::Admin ||
         (role == Role::DomainAdmin && std::find(domains.begin(), domains.end(), domain) != domains.end());
}

bool Principal::mayCall(std::string_view operation) const {
  return operations.empty() || std::any_of(operations.begin(), operations.end(), [&](std::string_view allowed) {
           if (!allowed.ends_with(".*")) return allowed == operation;
           allowed.remove_suffix(1);  // "queue."
           return operation.starts_with(allowed);
         });
}

}  // namespace posthouse::admin
