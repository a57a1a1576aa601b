#include "database.hpp"

namespace ph_mailauth {

ph::Result<std::unique_ptr<ph::Db>> openDatabase(const ph::Host& host) {
  // Only ever append.
  return ph::Db::open(host, {
                                // Signing keys, keys/key_table.hpp.
                                "CREATE TABLE keys(id INTEGER PRIMARY KEY AUTOINCREMENT, domain TEXT NOT NULL,"
                                " selector TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL,"
                                " record TEXT NOT NULL, secret TEXT NOT NULL UNIQUE, made INTEGER NOT NULL,"
                                " since INTEGER NOT NULL, ready INTEGER NOT NULL, seen INTEGER NOT NULL,"
                                " misses INTEGER NOT NULL, note TEXT NOT NULL, UNIQUE(domain, selector))",
                            });
}

}  // namespace ph_mailauth
