// From the configuration of accounts to what the store and delivery do with their mail.
#pragma once

#include "accounts/directory.hpp"
#include "config/server.hpp"
#include "pipeline/account_policy.hpp"
#include "store/settings.hpp"

namespace posthouse::app {

store::SettingsByAccount accountSettings(const config::ServerConfig& config);
// `directory` says which spellings are one address.
pipeline::Policies deliveryPolicies(const config::ServerConfig& config,
                                    std::shared_ptr<const accounts::Directory> directory);

}  // namespace posthouse::app
