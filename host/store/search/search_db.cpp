// search.db: an FTS5 table without content, positions and sizes, which makes it a list of ids per trigram.
#include "store/search/search_db.hpp"

#include <algorithm>
#include <iterator>

namespace posthouse::store::search {
namespace {

constexpr std::int32_t kApplication = 0x50485358;  // "PHSX"
constexpr int kVersion = 1;
constexpr int kCacheKiB = 1024;  // many accounts are open at once

// The text comes folded, so the tokenizer compares exactly. A larger hash means fewer, larger segments.
constexpr char kTables[] = R"sql(
BEGIN IMMEDIATE;
CREATE VIRTUAL TABLE text USING fts5(t, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1');
INSERT INTO text(text, rank) VALUES('hashsize', 8388608);
CREATE TABLE done(first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE loose(id INTEGER PRIMARY KEY);
CREATE TABLE state(
  only INTEGER PRIMARY KEY CHECK (only = 1),
  indexed INTEGER NOT NULL,
  witness INTEGER NOT NULL,       -- 0: none
  hash BLOB NOT NULL);
INSERT INTO state VALUES(1,0,0,x'');
PRAGMA user_version=1;
COMMIT)sql";

}  // namespace

ph::Result<SearchDb> SearchDb::open(db::Vfs& vfs, const std::string& path, bool create) {
  if (!create) {
    if (const auto info = vfs.env().info(path); !info) return info.error();
  }
  db::OpenOptions options;
  options.create = create;
  options.application = kApplication;
  options.version = kVersion;
  options.cacheKiB = kCacheKiB;
  auto db = db::Database::open(vfs, path, options);
  if (!db) return db.error();
  if (auto done = (*db)->exec("PRAGMA synchronous=NORMAL"); !done) return done.error();
  if ((*db)->version() != kVersion) {
    if (auto done = (*db)->exec(kTables); !done) return done.error();
  }
  return SearchDb(std::move(*db));
}

ph::Status SearchDb::remove(db::Vfs& vfs, const std::string& path) {
  // The log first: without its database it means nothing, with a new one it would be read.
  for (const char* suffix : {"-wal", "-journal", ""}) {
    const auto done = vfs.env().unlink(path + suffix);
    if (!done && done.error().kind != ph::Kind::NotFound) return done;
  }
  return {};
}

ph::Result<IdRanges> SearchDb::done() {
  IdRanges out;
  db::Scoped row(db_->cached("SELECT first,last FROM done ORDER BY first"));
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return out;
    out.add({row->integer(0), row->integer(1)});
  }
}

ph::Result<std::vector<MessageId>> SearchDb::loose() {
  std::vector<MessageId> out;
  db::Scoped row(db_->cached("SELECT id FROM loose ORDER BY id"));
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return out;
    out.push_back(row->integer(0));
  }
}

ph::Result<std::optional<Witness>> SearchDb::witness() {
  db::Scoped row(db_->cached("SELECT witness,hash FROM state WHERE witness<>0"));
  const auto found = row->step();
  if (!found) return found.error();
  if (!*found) return std::optional<Witness>();
  return std::optional<Witness>({row->integer(0), std::string(row->bytes(1))});
}

ph::Result<std::int64_t> SearchDb::indexed() {
  return db_->integer("SELECT indexed FROM state");
}

ph::Status SearchDb::begin() {
  return db_->cached("BEGIN IMMEDIATE").run();
}

ph::Status SearchDb::add(MessageId id, std::string_view text) {
  {
    db::Scoped row(db_->cached("INSERT INTO text(rowid,t) VALUES(?,?)"));
    row->bind(1, id).text(2, text);
    if (auto done = row->run(); !done) return done;
  }
  return db_->cached("UPDATE state SET indexed=indexed+1").run();
}

ph::Status SearchDb::addLoose(MessageId id) {
  db::Scoped row(db_->cached("INSERT OR IGNORE INTO loose VALUES(?)"));
  row->bind(1, id);
  return row->run();
}

ph::Status SearchDb::commit(const IdRanges& before, const IdRanges& after, const std::optional<Witness>& witness) {
  std::vector<IdRange> gone, made;
  std::set_difference(before.ranges().begin(), before.ranges().end(), after.ranges().begin(), after.ranges().end(),
                      std::back_inserter(gone));
  std::set_difference(after.ranges().begin(), after.ranges().end(), before.ranges().begin(), before.ranges().end(),
                      std::back_inserter(made));
  for (const auto& range : gone) {
    db::Scoped row(db_->cached("DELETE FROM done WHERE first=?"));
    row->bind(1, range.first);
    if (auto done = row->run(); !done) return done;
  }
  for (const auto& range : made) {
    db::Scoped row(db_->cached("INSERT INTO done VALUES(?,?)"));
    row->bind(1, range.first).bind(2, range.last);
    if (auto done = row->run(); !done) return done;
  }
  if (witness) {
    db::Scoped row(db_->cached("UPDATE state SET witness=?,hash=?"));
    row->bind(1, witness->id).blob(2, witness->hash);
    if (auto done = row->run(); !done) return done;
  }
  return db_->cached("COMMIT").run();
}

void SearchDb::rollback() {
  if (db_->inTransaction()) (void)db_->cached("ROLLBACK").run();
}

ph::Result<std::vector<MessageId>> SearchDb::match(const std::string& expression, MessageId after, std::size_t limit) {
  std::vector<MessageId> out;
  db::Scoped row(db_->cached("SELECT rowid FROM text WHERE text MATCH ? AND rowid>? ORDER BY rowid LIMIT ?"));
  row->text(1, expression).bind(2, after).bind(3, static_cast<std::int64_t>(limit));
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return out;
    out.push_back(row->integer(0));
  }
}

}  // namespace posthouse::store::search
