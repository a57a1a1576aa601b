// A row of `rcpts` is a recipient still to be served. `destinations` says when each destination has something due, so
// that the next piece of work is one step in an index, however much waits.
#include "queue/schema.hpp"

#include <string>

namespace posthouse::queue {
namespace {

constexpr char kTables[] = R"sql(
CREATE TABLE IF NOT EXISTS messages(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,      -- of its spool file
  offset INTEGER NOT NULL,        -- of the message in it
  size INTEGER NOT NULL,
  account TEXT NOT NULL,
  reverse_path TEXT NOT NULL,
  flags INTEGER NOT NULL,
  queued INTEGER NOT NULL,
  connection INTEGER NOT NULL,
  ret INTEGER NOT NULL,
  envid TEXT NOT NULL,
  deliver_by INTEGER NOT NULL,
  by_mode INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  told INTEGER NOT NULL DEFAULT 0);  -- notifications made of it so far
CREATE TABLE IF NOT EXISTS rcpts(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER NOT NULL,
  number INTEGER NOT NULL,
  destination TEXT NOT NULL,      -- a domain, or "account:NAME"
  forward_path TEXT NOT NULL,
  account TEXT NOT NULL,          -- empty: not local
  state INTEGER NOT NULL,
  owed INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  due INTEGER NOT NULL,           -- Unix seconds
  last INTEGER NOT NULL,          -- time of the last attempt
  notify INTEGER NOT NULL,
  orcpt TEXT NOT NULL,
  transport TEXT NOT NULL,        -- chosen by an admin; empty: by the routes
  outcome INTEGER NOT NULL DEFAULT 0,
  code INTEGER NOT NULL DEFAULT 0,
  enhanced TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  host TEXT NOT NULL DEFAULT '',
  ip TEXT NOT NULL DEFAULT '',
  tls TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS rcpts_message ON rcpts(message);
CREATE INDEX IF NOT EXISTS rcpts_due ON rcpts(destination, due, id) WHERE state=0;
CREATE INDEX IF NOT EXISTS rcpts_owed ON rcpts(message) WHERE owed<>0;
CREATE TABLE IF NOT EXISTS destinations(
  name TEXT PRIMARY KEY,
  local INTEGER NOT NULL,
  due INTEGER,                    -- of the first recipient that waits; NULL: none
  hint TEXT NOT NULL DEFAULT '',  -- what the transport left for its next attempt
  hinted INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS destinations_due ON destinations(local, due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS gone(name TEXT PRIMARY KEY) WITHOUT ROWID;  -- spool files whose end may not be durable
CREATE TABLE IF NOT EXISTS retired(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,             -- of the message
  account TEXT NOT NULL,
  reverse_path TEXT NOT NULL,
  forward_path TEXT NOT NULL,
  queued INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  outcome INTEGER NOT NULL,       -- PH_DELIVERED or PH_DELIVERY_PERMANENT
  code INTEGER NOT NULL,
  enhanced TEXT NOT NULL,
  text TEXT NOT NULL,
  host TEXT NOT NULL,
  keep_until INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS retired_keep ON retired(keep_until);
CREATE TABLE IF NOT EXISTS hold_rules(
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,          -- empty: any
  from_domain TEXT NOT NULL,
  to_domain TEXT NOT NULL);
)sql";

// Version 2: reverse-paths for one recipient alone, what notifications that come in say, suppressed addresses, and what
// limits count.
constexpr char kVersion2[] = R"sql(
ALTER TABLE rcpts ADD COLUMN return_to TEXT NOT NULL DEFAULT '';    -- its own reverse-path; empty: the message's
ALTER TABLE retired ADD COLUMN return_to TEXT NOT NULL DEFAULT '';
ALTER TABLE retired ADD COLUMN told TEXT NOT NULL DEFAULT '';       -- action of the last notification that came in
ALTER TABLE retired ADD COLUMN told_status TEXT NOT NULL DEFAULT '';
ALTER TABLE retired ADD COLUMN told_text TEXT NOT NULL DEFAULT '';
ALTER TABLE retired ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX rcpts_return_to ON rcpts(lower(return_to)) WHERE return_to<>'';
CREATE INDEX retired_return_to ON retired(lower(return_to)) WHERE return_to<>'';
CREATE INDEX retired_account ON retired(account, forward_path);
CREATE TABLE suppressions(
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  base TEXT NOT NULL,             -- what spellings of one address have in common
  address TEXT NOT NULL,          -- as it was when it was added
  manual INTEGER NOT NULL,
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  UNIQUE(account, base));
CREATE TABLE sent(account TEXT NOT NULL, at INTEGER NOT NULL, rcpts INTEGER NOT NULL);
CREATE INDEX sent_account ON sent(account, at);
CREATE TABLE correspondents(      -- to whom an account has sent mail, and when first
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  first INTEGER NOT NULL,
  PRIMARY KEY(account, address)) WITHOUT ROWID;
CREATE INDEX correspondents_first ON correspondents(account, first);
)sql";

}  // namespace

ph::Status makeTables(db::Database& db) {
  if (db.version() == kSchemaVersion) return {};
  if (auto s = db.exec("BEGIN IMMEDIATE"); !s) return s;
  auto s = db.version() == 0 ? db.exec(kTables) : ph::Status{};
  if (s) s = db.exec(kVersion2);
  if (s) s = db.exec("PRAGMA user_version=" + std::to_string(kSchemaVersion));
  if (s) return db.exec("COMMIT");
  (void)db.exec("ROLLBACK");
  return s;
}

}  // namespace posthouse::queue
