#include "testkit/databases.hpp"

#include <sqlite3.h>

#include <vector>

#include "ph/text.hpp"

struct ph_db_query {
  ph::testkit::Databases* home;
  sqlite3_stmt* statement;
};
struct ph_db {
  ph::testkit::Databases* home;
  std::map<std::string, std::unique_ptr<ph_db_query>, std::less<>> queries;
};

namespace ph::testkit {
namespace {

ph_status statusOf(int rc) {
  switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
      return PH_E_CONFLICT;
    case SQLITE_AUTH:
      return PH_E_DENIED;
    default:
      return rc == SQLITE_OK ? PH_OK : PH_E_INVALID;
  }
}

ph_status told(sqlite3* db, int rc, ph_error* error) {
  if (rc != SQLITE_OK) fill(error, sqlite3_errmsg(db));
  return statusOf(rc);
}

int judge(void*, int action, const char*, const char*, const char*, const char*) {
  return action == SQLITE_ATTACH || action == SQLITE_PRAGMA ? SQLITE_DENY : SQLITE_OK;
}

int64_t version(sqlite3* db) {
  sqlite3_stmt* s = nullptr;
  sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &s, nullptr);
  sqlite3_step(s);
  const int64_t n = sqlite3_column_int64(s, 0);
  sqlite3_finalize(s);
  return n;
}

ph_status openOne(const ph_host* host, const ph_str* migrations, size_t count, ph_db** out, ph_error* error) {
  Databases& d = Databases::of(host);
  if (d.fails != PH_OK) return d.fails;
  if (d.before && d.before() != PH_OK) return PH_E_TEMPORARY;
  sqlite3_set_authorizer(d.handle, nullptr, nullptr);
  const auto now = static_cast<size_t>(version(d.handle));
  if (now > count) return PH_E_UNAVAILABLE;
  for (size_t n = now; n < count; ++n) {
    const std::string sql =
        "BEGIN;" + std::string(view(migrations[n])) + ";PRAGMA user_version=" + std::to_string(n + 1) + ";COMMIT";
    if (const int rc = sqlite3_exec(d.handle, sql.c_str(), nullptr, nullptr, nullptr); rc != SQLITE_OK) {
      fill(error, sqlite3_errmsg(d.handle));
      sqlite3_exec(d.handle, "ROLLBACK", nullptr, nullptr, nullptr);
      return PH_E_INVALID;
    }
  }
  sqlite3_set_authorizer(d.handle, judge, nullptr);
  *out = new ph_db{&d, {}};
  ++d.open;
  return PH_OK;
}

void closeOne(ph_db* db) {
  if (!db) return;
  for (auto& [sql, q] : db->queries) sqlite3_finalize(q->statement);
  --db->home->open;
  delete db;
}

ph_status query(ph_db* db, ph_str sql, ph_db_query** out, ph_error* error) {
  auto& q = db->queries[std::string(view(sql))];
  if (!q) {
    sqlite3_stmt* s = nullptr;
    const int rc = sqlite3_prepare_v2(db->home->handle, sql.ptr, static_cast<int>(sql.len), &s, nullptr);
    if (rc != SQLITE_OK || !s) {
      db->queries.erase(std::string(view(sql)));
      return s ? told(db->home->handle, rc, error) : rc == SQLITE_OK ? PH_E_INVALID : told(db->home->handle, rc, error);
    }
    q = std::make_unique<ph_db_query>(ph_db_query{db->home, s});
  }
  sqlite3_reset(q->statement);
  sqlite3_clear_bindings(q->statement);
  *out = q.get();
  return PH_OK;
}

ph_status step(ph_db_query* q, int32_t* row, ph_error* error) {
  *row = 0;
  if (q->home->fails != PH_OK) return q->home->fails;
  if (q->home->before && q->home->before() != PH_OK) return PH_E_TEMPORARY;
  const int rc = sqlite3_step(q->statement);
  if (rc == SQLITE_ROW) {
    *row = 1;
    return PH_OK;
  }
  const ph_status s =
      rc == SQLITE_DONE ? PH_OK : told(q->home->handle, sqlite3_extended_errcode(q->home->handle), error);
  sqlite3_reset(q->statement);
  sqlite3_clear_bindings(q->statement);
  return s;
}

ph_status transact(ph_db* db, bool begins, const char* sql) {
  if ((sqlite3_get_autocommit(db->home->handle) != 0) != begins) return PH_E_CONFLICT;
  return statusOf(sqlite3_exec(db->home->handle, sql, nullptr, nullptr, nullptr));
}

ph_status bound(int rc) {
  return rc == SQLITE_OK ? PH_OK : PH_E_INVALID;
}

}  // namespace

Databases& Databases::of(const ph_host* host) {
  return *const_cast<Databases*>(static_cast<const Databases*>(host->get(host, kId)));
}

Databases::Databases() : table_(sized<ph_db_api>()) {
  sqlite3_open(":memory:", &handle);
  table_.open = openOne;
  table_.close = closeOne;
  table_.query = query;
  table_.bind_int = [](ph_db_query* q, int32_t i, int64_t v) { return bound(sqlite3_bind_int64(q->statement, i, v)); };
  table_.bind_text = [](ph_db_query* q, int32_t i, ph_str v) {
    return bound(sqlite3_bind_text(q->statement, i, v.len ? v.ptr : "", static_cast<int>(v.len), SQLITE_TRANSIENT));
  };
  table_.bind_blob = [](ph_db_query* q, int32_t i, ph_str v) {
    return bound(sqlite3_bind_blob(q->statement, i, v.len ? v.ptr : "", static_cast<int>(v.len), SQLITE_TRANSIENT));
  };
  table_.bind_null = [](ph_db_query* q, int32_t i) { return bound(sqlite3_bind_null(q->statement, i)); };
  table_.step = step;
  table_.reset = [](ph_db_query* q) {
    sqlite3_reset(q->statement);
    sqlite3_clear_bindings(q->statement);
  };
  table_.column_int = [](const ph_db_query* q, int32_t c) -> int64_t { return sqlite3_column_int64(q->statement, c); };
  table_.column_bytes = [](const ph_db_query* q, int32_t c) -> ph_str {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(q->statement, c));
    return {data, data ? static_cast<size_t>(sqlite3_column_bytes(q->statement, c)) : 0};
  };
  table_.column_null = [](const ph_db_query* q, int32_t c) -> int32_t {
    return sqlite3_column_type(q->statement, c) == SQLITE_NULL;
  };
  table_.begin = [](ph_db* db) { return transact(db, true, "BEGIN IMMEDIATE"); };
  table_.commit = [](ph_db* db) -> ph_status {
    if (db->home->before && db->home->before() != PH_OK) return PH_E_TEMPORARY;
    return transact(db, false, "COMMIT");
  };
  table_.rollback = [](ph_db* db) { return transact(db, false, "ROLLBACK"); };
  table_.changes = [](const ph_db* db) -> int64_t { return sqlite3_changes(db->home->handle); };
}

Databases::~Databases() {
  sqlite3_close_v2(handle);
}

std::string Databases::ask(const std::string& sql) {
  sqlite3_stmt* s = nullptr;
  std::string out;
  if (sqlite3_prepare_v2(handle, sql.c_str(), -1, &s, nullptr) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(s, 0));
    out = text ? text : "";
  }
  sqlite3_finalize(s);
  return out;
}

}  // namespace ph::testkit
