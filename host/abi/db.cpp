#include "ph/draft/host/db.h"

#include <vector>

#include "abi/tables.hpp"
#include "db/database.hpp"
#include "ph/text.hpp"
#include "plugin/data.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

using plugin::Instance;

// What is no fault of the disk or the data is one of the SQL.
ph_status told(const ph::Error& e, ph_error* error) {
  ph::fill(error, e.text);
  return static_cast<ph_status>(e.kind == ph::Kind::Bug ? ph::Kind::Invalid : e.kind);
}

ph_status open(const ph_host* host, const ph_str* migrations, size_t count, ph_db** out, ph_error* error) {
  auto* i = Instance::of(host);
  if (!i->core().data) return PH_E_UNAVAILABLE;
  if (!out || (count > 0 && !migrations)) return PH_E_INVALID;
  std::vector<std::string> list;
  for (size_t n = 0; n < count; ++n) list.emplace_back(ph::view(migrations[n]));
  const auto db = i->core().data->open(i, i->manifest().id, list);
  if (!db) return told(db.error(), error);
  *out = *db;
  return PH_OK;
}

void close(ph_db* db) {
  if (db) db->data->close(db);
}

ph_status query(ph_db* db, ph_str sql, ph_db_query** out, ph_error* error) {
  const std::string_view text = ph::view(sql);
  if (const auto known = db->queries.find(text); known != db->queries.end()) {
    *out = known->second.get();
    (*out)->reset();
    return PH_OK;
  }
  auto made = db->database->prepare(text);
  if (!made) return told(made.error(), error);
  auto q = std::make_unique<ph_db_query>();
  q->statement = std::move(*made);
  *out = db->queries.emplace(text, std::move(q)).first->second.get();
  return PH_OK;
}

bool has(const ph_db_query* q, int32_t index) {
  return index >= 1 && index <= q->statement.parameters();
}

ph_status bindInt(ph_db_query* q, int32_t index, int64_t value) {
  if (!has(q, index)) return PH_E_INVALID;
  q->statement.bind(index, value);
  return PH_OK;
}

ph_status bindText(ph_db_query* q, int32_t index, ph_str value) {
  if (!has(q, index)) return PH_E_INVALID;
  q->statement.text(index, q->bound.emplace_back(ph::view(value)));
  return PH_OK;
}

ph_status bindBlob(ph_db_query* q, int32_t index, ph_str value) {
  if (!has(q, index)) return PH_E_INVALID;
  q->statement.blob(index, q->bound.emplace_back(ph::view(value)));
  return PH_OK;
}

ph_status bindNull(ph_db_query* q, int32_t index) {
  if (!has(q, index)) return PH_E_INVALID;
  q->statement.null(index);
  return PH_OK;
}

ph_status step(ph_db_query* q, int32_t* row, ph_error* error) {
  *row = 0;
  const auto r = q->statement.step();
  if (!r) {
    q->reset();
    return told(r.error(), error);
  }
  *row = *r ? 1 : 0;
  if (!*r) q->reset();
  return PH_OK;
}

void reset(ph_db_query* q) {
  q->reset();
}

int64_t columnInt(const ph_db_query* q, int32_t column) {
  return q->statement.integer(column);
}
ph_str columnBytes(const ph_db_query* q, int32_t column) {
  return ph::str(q->statement.bytes(column));
}
int32_t columnNull(const ph_db_query* q, int32_t column) {
  return q->statement.isNull(column) ? 1 : 0;
}

ph_status begin(ph_db* db) {
  if (db->database->inTransaction()) return PH_E_CONFLICT;
  return ph::fromStatus(db->database->exec("BEGIN IMMEDIATE"));
}
ph_status commit(ph_db* db) {
  if (!db->database->inTransaction()) return PH_E_CONFLICT;
  return ph::fromStatus(db->database->exec("COMMIT"));
}
ph_status rollback(ph_db* db) {
  if (!db->database->inTransaction()) return PH_E_CONFLICT;
  return ph::fromStatus(db->database->exec("ROLLBACK"));
}
int64_t changes(const ph_db* db) {
  return db->database->changes();
}

}  // namespace

const void* dbTable() {
  static const ph_db_api table = {sizeof(ph_db_api), 0,          open,     close,  query,    bindInt,
                                  bindText,          bindBlob,   bindNull, step,   reset,    columnInt,
                                  columnBytes,       columnNull, begin,    commit, rollback, changes};
  return &table;
}

}  // namespace posthouse::abi
