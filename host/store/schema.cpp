// The tables of index.db. `messages` is narrow and hot; `cold` holds what is computed once and is shared by copies.
#include "store/schema.hpp"

#include "store/types.hpp"

namespace posthouse::store {
namespace {

constexpr char kTables[] = R"sql(
CREATE TABLE account(
  only INTEGER PRIMARY KEY CHECK (only = 1),
  modseq INTEGER NOT NULL,        -- highest in use, RFC 7162
  uidvalidity INTEGER NOT NULL);  -- highest in use
CREATE TABLE mailboxes(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  uidvalidity INTEGER NOT NULL,
  uidnext INTEGER NOT NULL,
  modseq INTEGER NOT NULL,        -- HIGHESTMODSEQ
  floor INTEGER NOT NULL,         -- tombstones up to this modseq may have been dropped
  messages INTEGER NOT NULL,
  unseen INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  size INTEGER NOT NULL,
  use INTEGER NOT NULL);
CREATE TABLE subscriptions(name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE messages(
  mailbox INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  id INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  keywords TEXT,                  -- names as in `keywords`, sorted, separated by one space; NULL: none
  saved INTEGER NOT NULL,
  PRIMARY KEY(mailbox, uid)) WITHOUT ROWID;
CREATE INDEX messages_modseq ON messages(mailbox, modseq);
CREATE INDEX messages_id ON messages(id);
CREATE TABLE cold(
  id INTEGER PRIMARY KEY,
  size INTEGER NOT NULL,          -- of the visible message
  header_size INTEGER NOT NULL,
  offset INTEGER NOT NULL,        -- of the visible message in its file
  date INTEGER NOT NULL,
  zone INTEGER NOT NULL,
  hash BLOB NOT NULL,
  message_id TEXT NOT NULL,
  texts BLOB NOT NULL,            -- see cold_texts.hpp
  subject INTEGER NOT NULL,       -- hash of the base subject, RFC 5256 2.1; 0: none
  report INTEGER NOT NULL,        -- 1: a delivery or disposition report, whose subject says nothing about its thread
  thread INTEGER NOT NULL,        -- id of the message that began it, which may be gone
  parent INTEGER NOT NULL);       -- the nearest ancestor that is here; 0: none
CREATE INDEX cold_thread ON cold(thread);
CREATE INDEX cold_subject ON cold(subject, date) WHERE subject<>0;
CREATE INDEX cold_parent ON cold(parent) WHERE parent<>0;
CREATE TABLE links(
  hash INTEGER NOT NULL,          -- of a Message-ID
  id INTEGER NOT NULL,
  place INTEGER NOT NULL,         -- 0: the message's own; 1 on: its references, the nearest first
  PRIMARY KEY(hash, id)) WITHOUT ROWID;
CREATE INDEX links_id ON links(id);
CREATE TABLE threads(
  id INTEGER PRIMARY KEY,         -- only threads of which something is to be said
  muted INTEGER NOT NULL,
  collapsed INTEGER NOT NULL);
CREATE TABLE deliveries(          -- how a message came, see delivery_info.hpp
  id INTEGER PRIMARY KEY,
  mailbox_orig INTEGER NOT NULL,  -- whose readers' opinion counts
  mailbox_destined INTEGER NOT NULL,
  date INTEGER NOT NULL,
  remote_ip TEXT NOT NULL,
  ip1 TEXT NOT NULL,
  ip2 TEXT NOT NULL,
  ip3 TEXT NOT NULL,
  helo_domain TEXT NOT NULL,
  mail_from_localpart TEXT NOT NULL,
  mail_from_domain TEXT NOT NULL,
  rcpt_to_localpart TEXT NOT NULL,
  rcpt_to_domain TEXT NOT NULL,
  from_localpart TEXT NOT NULL,
  from_domain TEXT NOT NULL,
  from_org_domain TEXT NOT NULL,
  helo_validation INTEGER NOT NULL,
  mail_from_validation INTEGER NOT NULL,
  from_validation INTEGER NOT NULL,
  orig_helo_domain TEXT NOT NULL,
  is_forward INTEGER NOT NULL,
  is_mailing_list INTEGER NOT NULL,
  is_report INTEGER NOT NULL,
  is_reject INTEGER NOT NULL,
  tls_version TEXT NOT NULL,
  tls_cipher TEXT NOT NULL,
  require_tls INTEGER NOT NULL,
  at INTEGER NOT NULL);
CREATE INDEX deliveries_from ON deliveries(from_domain, from_localpart, date);
CREATE INDEX deliveries_org ON deliveries(from_org_domain, date);
CREATE INDEX deliveries_mail_from ON deliveries(mail_from_domain, mail_from_localpart, date);
CREATE INDEX deliveries_helo ON deliveries(helo_domain, date);
CREATE INDEX deliveries_ip1 ON deliveries(ip1, date);
CREATE INDEX deliveries_ip2 ON deliveries(ip2, date);
CREATE INDEX deliveries_ip3 ON deliveries(ip3, date);
CREATE TABLE dkim_domains(
  id INTEGER NOT NULL,
  domain TEXT NOT NULL,
  original INTEGER NOT NULL,      -- 1: a forwarder's
  PRIMARY KEY(id, domain)) WITHOUT ROWID;
CREATE INDEX dkim_domains_domain ON dkim_domains(domain, id);
CREATE TABLE recipients(          -- whom messages in Sent were written to
  id INTEGER NOT NULL,
  localpart TEXT NOT NULL,        -- case-folded
  domain TEXT NOT NULL,
  org_domain TEXT NOT NULL,
  sent INTEGER NOT NULL,
  PRIMARY KEY(id, domain, localpart)) WITHOUT ROWID;
CREATE INDEX recipients_address ON recipients(domain, localpart);
CREATE INDEX recipients_org ON recipients(org_domain);
CREATE TABLE expunged(
  mailbox INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(mailbox, modseq, uid)) WITHOUT ROWID;
CREATE TABLE keywords(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
CREATE TABLE mailbox_keywords(mailbox INTEGER NOT NULL, keyword INTEGER NOT NULL,
  PRIMARY KEY(mailbox, keyword)) WITHOUT ROWID;
CREATE TABLE delivery_keys(
  key BLOB PRIMARY KEY,
  id INTEGER NOT NULL,
  mailbox INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  uidvalidity INTEGER NOT NULL,
  expires INTEGER) WITHOUT ROWID; -- NULL while the message exists
CREATE INDEX delivery_keys_id ON delivery_keys(id);
CREATE TABLE garbage(id INTEGER PRIMARY KEY);  -- files that no row needs any more
)sql";

// Tables that came later. An index without them is not older than its version: they begin empty.
constexpr char kLaterTables[] = R"sql(
CREATE TABLE IF NOT EXISTS thread_origins(  -- the thread of a content before threads were joined, RFC 8474 5.2
  id INTEGER PRIMARY KEY,
  thread INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS annotations(     -- RFC 5464
  mailbox INTEGER NOT NULL,       -- 0: of the account
  entry TEXT NOT NULL,            -- lower case
  value BLOB,                     -- NULL: removed; kept a while for those who want to hear of it
  modseq INTEGER NOT NULL,
  PRIMARY KEY(mailbox, entry));
CREATE INDEX IF NOT EXISTS annotations_modseq ON annotations(modseq);
CREATE TABLE IF NOT EXISTS removed(  -- expunged messages that can still be restored, see undelete.hpp
  number INTEGER PRIMARY KEY,
  mailbox INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  id INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  keywords TEXT,                  -- as in `messages`
  size INTEGER NOT NULL,
  at INTEGER NOT NULL,
  message_id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS removed_id ON removed(id);
CREATE TABLE IF NOT EXISTS removed_mailboxes(  -- deleted ones that `removed` may name
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  use INTEGER NOT NULL);
)sql";

struct Default {
  const char* name;
  Use use;
};
constexpr Default kDefaults[] = {{"INBOX", Use::None}, {"Archive", Use::Archive}, {"Drafts", Use::Drafts},
                                 {"Junk", Use::Junk},  {"Sent", Use::Sent},       {"Trash", Use::Trash}};

}  // namespace

ph::Status buildIndex(db::Database& db, std::int64_t now) {
  std::string sql = "BEGIN IMMEDIATE;";
  sql += kTables;
  sql += kLaterTables;
  std::int64_t validity = now;
  for (const auto& mailbox : kDefaults) {
    sql +=
        std::string("INSERT INTO mailboxes(name,uidvalidity,uidnext,modseq,floor,messages,unseen,deleted,size,use) ") +
        "VALUES('" + mailbox.name + "'," + std::to_string(validity++) + ",1,1,0,0,0,0,0," +
        std::to_string(static_cast<int>(mailbox.use)) + ");INSERT INTO subscriptions VALUES('" + mailbox.name + "');";
  }
  sql += "INSERT INTO account VALUES(1,1," + std::to_string(validity - 1) +
         ");PRAGMA user_version=" + std::to_string(kIndexVersion) + ";COMMIT";
  return db.exec(sql);
}

ph::Status completeIndex(db::Database& db) {
  return db.exec(kLaterTables);
}

}  // namespace posthouse::store
