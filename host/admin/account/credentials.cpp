#include "admin/account/credentials.hpp"

#include "accounts/accounts.hpp"

namespace posthouse::admin {

ph::Status changeCredentials(const Core& core, const std::string& account,
                             const std::function<ph::Status(accounts::Credentials&)>& change) {
  return core.accounts->changeCredentials(account, change);
}

}  // namespace posthouse::admin
