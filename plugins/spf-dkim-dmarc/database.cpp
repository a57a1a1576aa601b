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
                                // Reports that came in, report/received.hpp.
                                "CREATE TABLE reports(id INTEGER PRIMARY KEY AUTOINCREMENT, domain TEXT NOT NULL,"
                                " organisation TEXT NOT NULL, report TEXT NOT NULL, email TEXT NOT NULL,"
                                " begin INTEGER NOT NULL, end INTEGER NOT NULL, policy TEXT NOT NULL,"
                                " received INTEGER NOT NULL, UNIQUE(domain, organisation, report));"
                                "CREATE TABLE report_rows(report INTEGER NOT NULL,"
                                " source_ip TEXT NOT NULL, messages INTEGER NOT NULL, disposition TEXT NOT NULL,"
                                " dkim INTEGER NOT NULL, spf INTEGER NOT NULL, header_from TEXT NOT NULL,"
                                " envelope_from TEXT NOT NULL, results TEXT NOT NULL);"
                                "CREATE INDEX report_rows_report ON report_rows(report)",
                                // What is to be reported, and who wants none of it, report/evaluations.hpp.
                                "CREATE TABLE evaluations(key TEXT PRIMARY KEY, at INTEGER NOT NULL,"
                                " domain TEXT NOT NULL, record TEXT NOT NULL, tree_walk INTEGER NOT NULL,"
                                " optional INTEGER NOT NULL, source_ip TEXT NOT NULL, disposition TEXT NOT NULL,"
                                " dkim INTEGER NOT NULL, spf INTEGER NOT NULL, reason TEXT NOT NULL,"
                                " comment TEXT NOT NULL, header_from TEXT NOT NULL, envelope_from TEXT NOT NULL,"
                                " dkim_results TEXT NOT NULL, spf_domain TEXT NOT NULL, spf_scope TEXT NOT NULL,"
                                " spf_result TEXT NOT NULL);"
                                "CREATE INDEX evaluations_domain ON evaluations(domain, at);"
                                "CREATE TABLE suppressions(address TEXT PRIMARY KEY, until INTEGER NOT NULL,"
                                " comment TEXT NOT NULL)",
                                // `dkim stop`.
                                "ALTER TABLE keys ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0",
                            });
}

}  // namespace ph_mailauth
