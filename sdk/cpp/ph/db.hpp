// A plugin's own database: Db is a connection, Query one use of a prepared statement, Transaction all or nothing.
// Threads: a connection and what was made of it belong to one thread at a time; never a session's.
#pragma once

#include <ph/draft/host/db.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ph/host.hpp"
#include "ph/result.hpp"
#include "ph/text.hpp"

namespace ph {

// One use of a statement: reset when it is begun and when it goes. Errors of preparing and binding are told by step().
class Query {
 public:
  Query(const ph_db_api& api, ph_db_query* query, Status status)
      : api_(&api), query_(query), status_(std::move(status)) {}
  Query(Query&& other) noexcept
      : api_(other.api_),
        query_(std::exchange(other.query_, nullptr)),
        status_(std::move(other.status_)),
        index_(other.index_) {}
  Query& operator=(Query&&) = delete;
  ~Query() {
    if (query_) api_->reset(query_);
  }

  // The parameters in their order.
  Query& bind(int64_t value) & { return bound(query_ ? api_->bind_int(query_, ++index_, value) : PH_OK); }
  Query& text(std::string_view v) & { return bound(query_ ? api_->bind_text(query_, ++index_, str(v)) : PH_OK); }
  Query& blob(std::string_view v) & { return bound(query_ ? api_->bind_blob(query_, ++index_, str(v)) : PH_OK); }
  Query& null() & { return bound(query_ ? api_->bind_null(query_, ++index_) : PH_OK); }
  Query&& bind(int64_t value) && { return std::move(bind(value)); }
  Query&& text(std::string_view value) && { return std::move(text(value)); }
  Query&& blob(std::string_view value) && { return std::move(blob(value)); }
  Query&& null() && { return std::move(null()); }

  // True: a row is there.
  Result<bool> step() {
    if (!status_) return status_.error();
    auto error = noError();
    int32_t row = 0;
    if (const ph_status s = api_->step(query_, &row, &error); s != PH_OK)
      return Error{static_cast<Kind>(s), error.text};
    return row != 0;
  }
  // For statements without rows.
  Status run() {
    for (;;) {
      const auto row = step();
      if (!row) return row.error();
      if (!*row) return {};
    }
  }

  // Columns are numbered from 0; bytes() lives until the next step.
  int64_t integer(int column) const { return api_->column_int(query_, column); }
  std::string_view bytes(int column) const { return view(api_->column_bytes(query_, column)); }
  bool isNull(int column) const { return api_->column_null(query_, column) != 0; }

 private:
  Query& bound(ph_status s) {
    if (s != PH_OK && status_) status_ = Error{static_cast<Kind>(s), "parameter " + std::to_string(index_)};
    return *this;
  }

  const ph_db_api* api_;
  ph_db_query* query_;
  Status status_;
  int32_t index_ = 0;
};

class Db {
 public:
  // `migrations`: number n turns version n-1 of the schema into n; only ever append to them.
  static Result<std::unique_ptr<Db>> open(const Host& host, std::initializer_list<std::string_view> migrations) {
    const auto* api = host.get<ph_db_api>(PH_IF_DB);
    if (!api) return Error{Kind::Unavailable, "this host keeps no databases"};
    std::vector<ph_str> list;
    for (const auto m : migrations) list.push_back(str(m));
    auto error = noError();
    ph_db* db = nullptr;
    if (const ph_status s = api->open(host.raw(), list.data(), list.size(), &db, &error); s != PH_OK)
      return Error{static_cast<Kind>(s), error.text};
    return std::unique_ptr<Db>(new Db(*api, db));
  }
  ~Db() { api_.close(db_); }
  Db(const Db&) = delete;
  Db& operator=(const Db&) = delete;

  // Constant texts: each is prepared once.
  Query query(std::string_view sql) {
    auto error = noError();
    ph_db_query* q = nullptr;
    const ph_status s = api_.query(db_, str(sql), &q, &error);
    return Query(api_, q, s == PH_OK ? Status() : Status(Error{static_cast<Kind>(s), error.text}));
  }
  Status run(std::string_view sql) { return query(sql).run(); }
  int64_t changes() const { return api_.changes(db_); }

  Status begin() { return toStatus(api_.begin(db_), "begin"); }
  Status commit() { return toStatus(api_.commit(db_), "commit"); }
  Status rollback() { return toStatus(api_.rollback(db_), "rollback"); }
  // All that `work` does, or nothing when it fails.
  template <class Work>
  Status transaction(Work&& work) {
    if (auto s = begin(); !s) return s;
    Status done = work();
    if (done) done = commit();
    if (!done) (void)rollback();
    return done;
  }

 private:
  Db(const ph_db_api& api, ph_db* db) : api_(api), db_(db) {}
  const ph_db_api& api_;
  ph_db* db_;
};

}  // namespace ph
