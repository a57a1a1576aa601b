// Database and Statement over sqlite3, see database.hpp.
#include "db/database.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

namespace posthouse::db {

ph::Error sqlError(int code, std::string_view text) {
  ph::Kind kind = ph::Kind::Bug;
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
      kind = ph::Kind::Limit;
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_READONLY:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
      kind = ph::Kind::Temporary;
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      kind = ph::Kind::Permanent;
      break;
    case SQLITE_AUTH:
      kind = ph::Kind::Denied;
      break;
    case SQLITE_CONSTRAINT:
      kind = ph::Kind::Conflict;
      break;
  }
  return {kind, "database: " + std::string(text) + " (" + std::to_string(code) + ")"};
}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(stmt_, other.stmt_);
  std::swap(error_, other.error_);
  return *this;
}

Statement::~Statement() {
  sqlite3_finalize(stmt_);
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(stmt_, index, value);
  return *this;
}

Statement& Statement::text(int index, std::string_view value) {
  sqlite3_bind_text64(stmt_, index, value.data() ? value.data() : "", value.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::blob(int index, std::string_view value) {
  sqlite3_bind_blob64(stmt_, index, value.data() ? value.data() : "", value.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::null(int index) {
  sqlite3_bind_null(stmt_, index);
  return *this;
}

ph::Result<bool> Statement::step() {
  if (error_) return *error_;
  const int rc = sqlite3_step(stmt_);
  if (rc == SQLITE_ROW) return true;
  sqlite3* db = sqlite3_db_handle(stmt_);
  if (rc == SQLITE_DONE) {
    reset();
    return false;
  }
  auto error = sqlError(sqlite3_extended_errcode(db), sqlite3_errmsg(db));
  reset();
  return error;
}

ph::Status Statement::run() {
  for (;;) {
    auto row = step();
    if (!row) return row.error();
    if (!*row) return {};
  }
}

void Statement::reset() {
  if (stmt_ == nullptr) return;
  sqlite3_reset(stmt_);
  sqlite3_clear_bindings(stmt_);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(stmt_, column);
}

std::string_view Statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(stmt_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column))};
}

int Statement::parameters() const {
  return sqlite3_bind_parameter_count(stmt_);
}

bool Statement::isNull(int column) const {
  return sqlite3_column_type(stmt_, column) == SQLITE_NULL;
}

ph::Result<std::unique_ptr<Database>> Database::open(Vfs& vfs, const std::string& path, const OpenOptions& options) {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (options.create ? SQLITE_OPEN_CREATE : 0);
  const int rc = sqlite3_open_v2(path.c_str(), &raw, flags, vfs.name());
  std::unique_ptr<Database> db(new Database(raw));
  if (rc != SQLITE_OK) return sqlError(rc, path + ": " + (raw ? sqlite3_errmsg(raw) : "no memory"));
  sqlite3_extended_result_codes(raw, 1);
  if (auto done = db->setUp(options); !done) return ph::Error{done.error().kind, path + ": " + done.error().text};
  return db;
}

ph::Status Database::setUp(const OpenOptions& options) {
  sqlite3_busy_timeout(db_, 5000);  // only ever waited for while another connection recovers the WAL
  auto done = exec("PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-" +
                   std::to_string(options.cacheKiB));
  if (!done) return done;
  done = exec(std::string("PRAGMA synchronous=") + (options.building ? "OFF" : "FULL"));
  if (!done) return done;
  const auto application = integer("PRAGMA application_id");
  if (!application) return application.error();
  const auto version = integer("PRAGMA user_version");
  if (!version) return version.error();
  const auto pages = integer("PRAGMA page_count");
  if (!pages) return pages.error();
  const bool fresh = *pages == 0;
  if (fresh && !options.create) return ph::Error{ph::Kind::Permanent, "empty database"};
  if (!fresh && *application != options.application)
    return ph::Error{ph::Kind::Permanent, "belongs to another application"};
  if (*version > options.version)
    return ph::Error{ph::Kind::Unavailable, "was written by a newer version (" + std::to_string(*version) + ")"};
  version_ = static_cast<int>(*version);
  if (fresh && !(done = exec("PRAGMA application_id=" + std::to_string(options.application)))) return done;
  done = exec("PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=4194304; PRAGMA wal_autocheckpoint=" +
              std::to_string(options.checkpointPages));
  if (!done) return done;
  if (options.readOnly) return exec("PRAGMA query_only=ON");
  return {};
}

Database::~Database() {
  cached_.clear();
  failed_ = Statement();
  sqlite3_close_v2(db_);
}

ph::Status Database::exec(const std::string& sql) {
  const int rc = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) return sqlError(rc, sqlite3_errmsg(db_));
  return {};
}

ph::Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* stmt = nullptr;
  const char* tail = nullptr;
  const int rc =
      sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &stmt, &tail);
  Statement made(stmt);
  if (rc == SQLITE_OK &&
      (stmt == nullptr || sql.substr(static_cast<size_t>(tail - sql.data())).find_first_not_of("; \n") != sql.npos))
    return ph::Error{ph::Kind::Bug, "not one statement: " + std::string(sql)};
  if (rc != SQLITE_OK) return sqlError(rc, std::string(sqlite3_errmsg(db_)) + " in " + std::string(sql));
  return made;
}

Statement& Database::cached(std::string_view sql) {
  if (const auto it = cached_.find(sql); it != cached_.end()) return it->second;
  auto made = prepare(sql);
  if (!made) return failed_ = Statement(made.error());
  return cached_.emplace(sql, std::move(*made)).first->second;
}

ph::Result<std::int64_t> Database::integer(const std::string& sql) {
  auto statement = prepare(sql);
  if (!statement) return statement.error();
  const auto row = statement->step();
  if (!row) return row.error();
  return *row ? statement->integer(0) : 0;
}

int Database::changes() const {
  return sqlite3_changes(db_);
}
bool Database::inTransaction() const {
  return sqlite3_get_autocommit(db_) == 0;
}
ph::Status Database::copyTo(Database& target) {
  constexpr int kPages = 512;
  constexpr int kPauseMs = 1;
  // One read transaction throughout: a commit meanwhile would else begin the copy anew.
  if (auto done = exec("BEGIN; SELECT count(*) FROM sqlite_schema"); !done) return done;
  sqlite3_backup* backup = sqlite3_backup_init(target.db_, "main", db_, "main");
  int rc = backup == nullptr ? sqlite3_extended_errcode(target.db_) : SQLITE_OK;
  while (rc == SQLITE_OK) {
    rc = sqlite3_backup_step(backup, kPages);
    if (rc == SQLITE_OK) sqlite3_sleep(kPauseMs);
  }
  const int finished = sqlite3_backup_finish(backup);
  const auto ended = exec("COMMIT");
  if (rc != SQLITE_DONE || finished != SQLITE_OK) return sqlError(rc == SQLITE_DONE ? finished : rc, "copy failed");
  return ended;
}
void Database::confine(bool on) {
  const auto judge = [](void*, int action, const char*, const char*, const char*, const char*) {
    const bool outside = action == SQLITE_ATTACH || action == SQLITE_DETACH || action == SQLITE_PRAGMA;
    return outside ? SQLITE_DENY : SQLITE_OK;
  };
  sqlite3_set_authorizer(db_, on ? +judge : nullptr, nullptr);
}
void Database::keepWal(bool keep) {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

}  // namespace posthouse::db
