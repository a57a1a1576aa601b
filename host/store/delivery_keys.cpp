#include "store/delivery_keys.hpp"

#include "store/core.hpp"

namespace posthouse::store {

ph::Result<std::vector<bool>> knownKeys(Account& account, const std::vector<std::string>& keys) {
  auto db = account.core().reader();
  if (!db) return db.error();
  std::vector<bool> known;
  for (const auto& key : keys) {
    db::Scoped row((*db)->cached("SELECT 1 FROM delivery_keys WHERE key=?"));
    row->blob(1, key);
    const auto found = row->step();
    if (!found) return found.error();
    known.push_back(*found);
  }
  return known;
}

}  // namespace posthouse::store
