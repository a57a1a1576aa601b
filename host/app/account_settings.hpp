// From the configuration of accounts to what the store does with their mail.
#pragma once

#include "config/server.hpp"
#include "store/settings.hpp"

namespace posthouse::app {

store::SettingsByAccount accountSettings(const config::ServerConfig& config);

}  // namespace posthouse::app
