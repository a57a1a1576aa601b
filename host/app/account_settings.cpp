#include "app/account_settings.hpp"

namespace posthouse::app {

store::SettingsByAccount accountSettings(const config::ServerConfig& config) {
  store::SettingsByAccount out;
  for (const auto& [name, account] : config.accounts) {
    store::AccountSettings settings;
    settings.quota = account.quota;
    const auto& junk = account.junkFlags;
    settings.junkFlags = {junk.enabled, junk.junk, junk.neutral, junk.notJunk};
    out[name] = std::make_shared<const store::AccountSettings>(std::move(settings));
  }
  return out;
}

}  // namespace posthouse::app
