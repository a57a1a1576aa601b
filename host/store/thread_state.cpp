// Account::thread and Account::setThread.
#include "store/account.hpp"
#include "store/core.hpp"

namespace posthouse::store {
namespace {

class SetThread final : public Change {
 public:
  SetThread(MessageId thread, std::optional<bool> muted, std::optional<bool> collapsed)
      : thread_(thread), muted_(muted), collapsed_(collapsed) {}

  ph::Status apply(Step& step) override {
    {
      db::Scoped known(step.db.cached("SELECT 1 FROM cold WHERE thread=? LIMIT 1"));
      known->bind(1, thread_);
      const auto found = known->step();
      if (!found) return found.error();
      if (!*found) return ph::Error{ph::Kind::NotFound, "no such thread"};
    }
    db::Scoped set(
        step.db.cached("INSERT INTO threads VALUES(?1,ifnull(?2,0),ifnull(?3,0)) ON CONFLICT(id) DO UPDATE SET "
                       "muted=ifnull(?2,muted),collapsed=ifnull(?3,collapsed)"));
    set->bind(1, thread_);
    if (muted_) set->bind(2, *muted_ ? 1 : 0);
    if (collapsed_) set->bind(3, *collapsed_ ? 1 : 0);
    if (auto done = set->run(); !done) return done;
    step.note(0, Notice::Thread);
    return step.db.cached("DELETE FROM threads WHERE muted=0 AND collapsed=0").run();
  }

 private:
  const MessageId thread_;
  const std::optional<bool> muted_;
  const std::optional<bool> collapsed_;
};

}  // namespace

ph::Result<Thread> Account::thread(MessageId id) {
  auto db = core_->reader();
  if (!db) return db.error();
  Thread thread;
  {
    db::Scoped row((*db)->cached("SELECT id FROM cold WHERE thread=? ORDER BY id"));
    row->bind(1, id);
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) break;
      thread.messages.push_back(row->integer(0));
    }
  }
  if (thread.messages.empty()) return ph::Error{ph::Kind::NotFound, "no such thread"};
  db::Scoped row((*db)->cached("SELECT muted,collapsed FROM threads WHERE id=?"));
  row->bind(1, id);
  const auto found = row->step();
  if (!found) return found.error();
  if (*found) {
    thread.muted = row->integer(0) != 0;
    thread.collapsed = row->integer(1) != 0;
  }
  return thread;
}

ph::Status Account::setThread(MessageId thread, std::optional<bool> muted, std::optional<bool> collapsed) {
  SetThread job(thread, muted, collapsed);
  return core_->commit(job);
}

}  // namespace posthouse::store
