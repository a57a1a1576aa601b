// Database and Statement: thin classes over sqlite3, for the hot paths.
// Guarantees: WAL with synchronous=FULL, a file of another application or a newer schema is refused, no exception.
// Threads: a Database and its statements belong to one thread at a time; open one per thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "db/vfs.hpp"
#include "ph/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace posthouse::db {

class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* stmt) : stmt_(stmt) {}
  // One that could not be prepared: every step gives this error.
  explicit Statement(ph::Error error) : error_(std::make_unique<ph::Error>(std::move(error))) {}
  Statement(Statement&& other) noexcept : stmt_(std::exchange(other.stmt_, nullptr)), error_(std::move(other.error_)) {}
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // Parameters are numbered from 1. Bytes given to `text` and `blob` must live until the statement is reset.
  Statement& bind(int index, std::int64_t value);
  Statement& text(int index, std::string_view value);
  Statement& blob(int index, std::string_view value);
  Statement& null(int index);

  // true: a row is there; false: finished (and reset).
  ph::Result<bool> step();
  // For statements without rows.
  ph::Status run();
  // Forgets the row and the parameters; ends the implicit read transaction.
  void reset();

  int parameters() const;
  // Columns are numbered from 0; views last until the next step or reset.
  std::int64_t integer(int column) const;
  std::string_view bytes(int column) const;
  bool isNull(int column) const;

 private:
  sqlite3_stmt* stmt_ = nullptr;
  std::unique_ptr<ph::Error> error_;
};

// Resets a cached statement at the end of the scope, whatever way it is left.
class Scoped {
 public:
  explicit Scoped(Statement& statement) : statement_(statement) { statement_.reset(); }
  ~Scoped() { statement_.reset(); }
  Scoped(const Scoped&) = delete;
  Scoped& operator=(const Scoped&) = delete;
  Statement* operator->() { return &statement_; }

 private:
  Statement& statement_;
};

struct OpenOptions {
  bool create = false;           // make the file when missing (it then has user_version 0)
  bool readOnly = false;         // the connection refuses to write
  std::int32_t application = 0;  // expected application_id; written when the file is new
  int version = 1;               // newest user_version this program knows
  int cacheKiB = 2048;
  int checkpointPages = 1000;
  bool building = false;  // no syncs: for a file that is synced and renamed into place afterwards
};

class Database {
 public:
  static ph::Result<std::unique_ptr<Database>> open(Vfs& vfs, const std::string& path, const OpenOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  ph::Status exec(const std::string& sql);
  // Exactly one statement.
  ph::Result<Statement> prepare(std::string_view sql);
  // A statement kept for the life of the connection. When it cannot be prepared its steps say why.
  Statement& cached(std::string_view sql);
  ph::Result<std::int64_t> integer(const std::string& sql);
  int changes() const;
  // False when SQLite has rolled the transaction back by itself.
  bool inTransaction() const;
  // Copies all of it, as it is now, over `target`, a few pages at a time; writers of this database do not wait. After a
  // failure `target` is garbage.
  ph::Status copyTo(Database& target);
  // From now on statements that are prepared reach this file only: no ATTACH, no PRAGMA.
  void confine(bool on);
  // Closing leaves the WAL as it is, instead of copying it into the database.
  void keepWal(bool keep);
  // The user_version found when opening.
  int version() const { return version_; }

 private:
  explicit Database(sqlite3* db) : db_(db) {}
  ph::Status setUp(const OpenOptions& options);
  sqlite3* db_;
  int version_ = 0;
  std::map<std::string, Statement, std::less<>> cached_;
  Statement failed_;
};

// The Error for an SQLite (extended) result code.
ph::Error sqlError(int code, std::string_view text);

}  // namespace posthouse::db
