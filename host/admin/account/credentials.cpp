#include "admin/account/credentials.hpp"

#include <mutex>

#include "config/server.hpp"

namespace posthouse::admin {

ph::Status changeCredentials(const Core& core, const std::string& account,
                             const std::function<ph::Status(accounts::Credentials&)>& change) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const auto config = core.config();
  if (!config->accounts.contains(account)) return ph::Error{ph::Kind::NotFound, "there is no account " + account};
  const std::string file = accounts::credentialsFile(config->dataDir, account);
  auto credentials = accounts::readCredentials(file);
  if (!credentials) return credentials.error();
  if (auto s = change(*credentials); !s) return s;
  return accounts::writeCredentials(file, *credentials);
}

}  // namespace posthouse::admin
