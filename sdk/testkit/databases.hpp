// A ph.db/1 whose file is SQLite's memory: it lasts as long as the fake host, over stops and starts of the plugin.
// Threads: one. All connections are one in truth: a transaction of one is seen by the others.
#pragma once

#include <ph/draft/host/db.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

struct sqlite3;

namespace ph::testkit {

class Databases {
 public:
  static constexpr const char* kId = "testkit.databases";

  Databases();
  ~Databases();
  Databases(const Databases&) = delete;
  const ph_db_api* table() const { return &table_; }
  static Databases& of(const ph_host* host);

  // SQL of the test's own; the first column of the first row.
  std::string ask(const std::string& sql);

  ph_status fails = PH_OK;  // what open() and step() answer instead
  // Asked before each open, step and commit, which answers what this says unless it is PH_OK: a disk that breaks.
  std::function<ph_status()> before;
  int open = 0;  // connections that were not closed
  sqlite3* handle = nullptr;

 private:
  ph_db_api table_;
};

}  // namespace ph::testkit
