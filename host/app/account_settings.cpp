#include "app/account_settings.hpp"

namespace posthouse::app {

store::SettingsByAccount accountSettings(const config::ServerConfig& config) {
  store::SettingsByAccount out;
  for (const auto& [name, account] : config.accounts) {
    store::AccountSettings settings;
    settings.quota = account.quota;
    out[name] = std::make_shared<const store::AccountSettings>(std::move(settings));
  }
  return out;
}

}  // namespace posthouse::app
