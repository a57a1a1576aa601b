// AccountSettings: what the configuration says about one account's mail.
// Guarantees: immutable; a change of configuration replaces the whole, and a commit sees one of them throughout.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace posthouse::store {

struct AccountSettings {
  std::uint64_t quota = 0;  // bytes of all messages, copies counted each; 0: no limit
};

using SettingsByAccount = std::map<std::string, std::shared_ptr<const AccountSettings>>;

}  // namespace posthouse::store
