// Vfs: makes SQLite do all its file work through an Env.
// Guarantees: locks and the WAL index live in this process's memory (the data lock keeps other processes out), so many
// connections of one database read beside one writer; a new journal's or WAL's name is synced before its content
// counts. Threads: any. Must outlive every database opened through it.
#pragma once

#include <memory>
#include <string>

#include "env/env.hpp"

namespace posthouse::db {

class VfsState;

class Vfs {
 public:
  explicit Vfs(env::Env& env);
  ~Vfs();
  Vfs(const Vfs&) = delete;
  Vfs& operator=(const Vfs&) = delete;
  // The name to give sqlite3_open_v2.
  const char* name() const;
  env::Env& env() const;

 private:
  std::unique_ptr<VfsState> state_;
};

}  // namespace posthouse::db
