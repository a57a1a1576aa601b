// What commands that work on an account's store have in common.
#pragma once

#include <optional>

#include "app/data_lock.hpp"
#include "app/offline.hpp"
#include "store/store.hpp"

namespace posthouse::app {

// The lock goes last: only one process may have the databases open.
struct OfflineStore {
  Offline offline;
  DataLock lock;
  std::unique_ptr<store::Store> store;
};

// As beginOffline; and the store of a server that does not run.
std::optional<OfflineStore> beginOfflineStore(const std::vector<std::string>& args, std::vector<FlagSpec> known,
                                              size_t minWords, size_t maxWords, int* code);

}  // namespace posthouse::app
