// queue.db: what became of queued mail, behind one thread that commits for everybody who waits.
// Guarantees: a change is durable when its status says so; after a failed commit the database is opened anew, so that
// nobody goes on with what may not be on disk. Such a change may have been made all the same.
// Threads: all from any thread; `done` is called on the committing thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "db/database.hpp"
#include "ph/result.hpp"

namespace posthouse::queue {

class Ledger {
 public:
  using Change = std::function<ph::Status(db::Database&)>;
  using Done = std::function<void(const ph::Status&)>;

  Ledger(env::Env& env, std::string file);
  ~Ledger();  // commits what waits
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  ph::Status open();
  // Waits until it is committed. Not on the committing thread.
  ph::Status change(Change change);
  void post(Change change, Done done);
  // Reads the last committed state, one reader at a time.
  ph::Status read(const std::function<ph::Status(db::Database&)>& reader);

 private:
  struct Waiting {
    Change change;
    Done done;
    ph::Status status;
  };
  void work();
  void commit(std::vector<Waiting>& batch);
  ph::Status transact(std::vector<Waiting>& batch);
  ph::Result<std::unique_ptr<db::Database>> connect(bool readOnly);

  db::Vfs vfs_;
  const std::string file_;
  std::unique_ptr<db::Database> writer_;  // of the committing thread
  std::mutex readMutex_;
  std::unique_ptr<db::Database> reader_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace posthouse::queue
