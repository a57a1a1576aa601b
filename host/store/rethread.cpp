// rethread, see threads.hpp: what a delivery does for one message, done again for all in the order of their ids.
#include "store/account.hpp"
#include "store/core.hpp"
#include "store/message_file.hpp"
#include "store/threads.hpp"

namespace posthouse::store {
namespace {

struct Known {
  std::uint64_t offset = 0;
  std::uint64_t headerSize = 0;
  std::uint64_t size = 0;  // of the message
  std::int64_t date = 0;
  MessageId thread = 0;
  MessageId parent = 0;
  Ancestry ancestry;  // as far as the index knows it
};

class Rethread final : public Change {
 public:
  explicit Rethread(Core& core) : core_(core) {}
  bool alone() const override { return true; }

  ph::Status apply(Step& step) override {
    if (auto done = load(step); !done) return done;
    constexpr const char* kMarked =
        "CREATE TEMP TABLE marked AS SELECT c.id,t.muted,t.collapsed FROM cold c JOIN threads t ON t.id=c.thread";
    // What clients were told stays (RFC 8474 5.2).
    constexpr const char* kTold = "INSERT OR IGNORE INTO thread_origins SELECT id,thread FROM cold";
    for (const char* sql :
         {kMarked, kTold, "DELETE FROM links", "DELETE FROM threads", "UPDATE cold SET thread=id,parent=0"})
      if (auto done = step.db.exec(sql); !done) return done;
    for (auto& [id, known] : messages_)
      if (auto done = join(step, id, known); !done) return done;
    for (const char* sql :
         {"INSERT INTO threads SELECT c.thread,max(m.muted),max(m.collapsed) FROM marked m JOIN cold c "
          "ON c.id=m.id GROUP BY c.thread",
          "DROP TABLE marked",
          "DELETE FROM thread_origins WHERE thread=(SELECT c.thread FROM cold c WHERE c.id=thread_origins.id)"})
      if (auto done = step.db.exec(sql); !done) return done;
    step.note(0, Notice::Thread);
    return count(step);
  }

  std::uint64_t changed = 0;

 private:
  ph::Status load(Step& step) {
    db::Scoped row(step.db.cached(
        "SELECT id,offset,header_size,date,thread,parent,message_id,subject,report,size FROM cold ORDER BY id"));
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) return {};
      auto& known = messages_[row->integer(0)];
      known.offset = static_cast<std::uint64_t>(row->integer(1));
      known.headerSize = static_cast<std::uint64_t>(row->integer(2));
      known.date = row->integer(3);
      known.thread = row->integer(4);
      known.parent = row->integer(5);
      known.ancestry.messageId = row->bytes(6);
      known.ancestry.subject = row->integer(7);
      known.ancestry.isReport = row->integer(8) != 0;
      known.size = static_cast<std::uint64_t>(row->integer(9));
    }
  }

  // A file that cannot be read leaves what the index knows: its references are lost, verify tells why.
  ph::Status join(Step& step, MessageId id, Known& known) {
    if (auto file = core_.message(id, known.offset, known.size)) {
      std::string header(known.headerSize, '\0');
      if (file->read(0, header.data(), header.size())) known.ancestry = ancestryOf(header);
    }
    db::Scoped update(step.db.cached("UPDATE cold SET message_id=?,subject=?,report=? WHERE id=?"));
    update->text(1, known.ancestry.messageId).bind(2, known.ancestry.subject);
    update->bind(3, known.ancestry.isReport ? 1 : 0).bind(4, id);
    if (auto done = update->run(); !done) return done;
    const auto place = joinThread(step, id, known.date, known.ancestry);
    return place ? ph::Status() : place.error();
  }

  ph::Status count(Step& step) {
    db::Scoped row(step.db.cached("SELECT id,thread,parent FROM cold"));
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) return {};
      const auto& known = messages_[row->integer(0)];
      if (known.thread != row->integer(1) || known.parent != row->integer(2)) ++changed;
    }
  }

  Core& core_;
  std::map<MessageId, Known> messages_;
};

}  // namespace

ph::Result<std::uint64_t> rethread(Account& account) {
  Rethread job(account.core());
  if (auto done = account.core().commit(job); !done) return done.error();
  return job.changed;
}

}  // namespace posthouse::store
