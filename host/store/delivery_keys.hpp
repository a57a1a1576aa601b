// Keys of deliveries: which messages the account got already.
#pragma once

#include <string>
#include <vector>

#include "store/account.hpp"

namespace posthouse::store {

// One answer per key. True: an append with it would store nothing, for now.
ph::Result<std::vector<bool>> knownKeys(Account& account, const std::vector<std::string>& keys);

}  // namespace posthouse::store
