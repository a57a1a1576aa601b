// Joining and leaving threads, see threads.hpp. A Message-ID and a subject are known by 64 bits of their SHA-256: short
// rows, and two that collide can at worst show messages as one conversation that are none.
#include "store/threads.hpp"
#include "store/hash.hpp"

#include <algorithm>

namespace posthouse::store {
namespace {

constexpr std::int64_t kRecent = 28 * 86400;
constexpr int kMaxDepth = 1000;

struct Found {
  MessageId id = 0;  // 0: none
  MessageId thread = 0;
  MessageId parent = 0;
};

class Joiner {
 public:
  Joiner(Step& step, MessageId id, std::int64_t date, const Ancestry& ancestry)
      : step_(step), id_(id), date_(date), ancestry_(ancestry), threads_{id} {}

  ph::Result<ThreadPlace> run() {
    if (auto done = findParent(); !done) return done.error();
    if (auto done = storeLinks(); !done) return done.error();
    if (!ancestry_.messageId.empty())
      if (auto done = adoptChildren(); !done) return done.error();
    return settle();
  }

 private:
  ph::Status findParent() {
    if (!ancestry_.messageId.empty()) {
      const auto twin = owner(ancestry_.messageId, true);
      if (!twin) return twin.error();
      if (twin->id != 0) {
        threads_.insert(twin->thread);
        parent_ = twin->parent;
        return {};
      }
    }
    for (const auto& reference : ancestry_.references) {
      const auto ancestor = owner(reference, ancestry_.isReport);
      if (!ancestor) return ancestor.error();
      if (ancestor->id == 0) continue;
      threads_.insert(ancestor->thread);
      parent_ = ancestor->id;
      return {};
    }
    if (!ancestry_.references.empty() || !ancestry_.isReply || ancestry_.subject == 0) return {};
    db::Scoped row(
        step_.db.cached("SELECT id,thread FROM cold WHERE subject=? AND subject<>0 AND id<? AND report=0 AND "
                        "date BETWEEN ? AND ? ORDER BY date DESC,id DESC LIMIT 1"));
    row->bind(1, ancestry_.subject).bind(2, id_).bind(3, date_ - kRecent).bind(4, date_ + kRecent);
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return {};
    parent_ = row->integer(0);
    threads_.insert(row->integer(1));
    return {};
  }

  // The latest message with this Message-ID and the same subject.
  ph::Result<Found> owner(const std::string& messageId, bool anySubject) {
    db::Scoped row(
        step_.db.cached("SELECT c.id,c.thread,c.parent FROM links l JOIN cold c ON c.id=l.id WHERE l.hash=? "
                        "AND l.place=0 AND (? OR c.subject=?) ORDER BY l.id DESC LIMIT 1"));
    row->bind(1, hash64(messageId)).bind(2, anySubject ? 1 : 0).bind(3, ancestry_.subject);
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return Found{};
    return Found{row->integer(0), row->integer(1), row->integer(2)};
  }

  ph::Status storeLinks() {
    const auto add = [&](const std::string& messageId, std::int64_t place) {
      db::Scoped row(step_.db.cached("INSERT OR IGNORE INTO links VALUES(?,?,?)"));
      row->bind(1, hash64(messageId)).bind(2, id_).bind(3, place);
      return row->run();
    };
    if (!ancestry_.messageId.empty())
      if (auto done = add(ancestry_.messageId, 0); !done) return done;
    for (std::size_t i = 0; i < ancestry_.references.size(); ++i)
      if (auto done = add(ancestry_.references[i], static_cast<std::int64_t>(i) + 1); !done) return done;
    return {};
  }

  // Messages that came before this one, their ancestor, did.
  ph::Status adoptChildren() {
    std::vector<Found> children;
    {
      // Only those that have no nearer ancestor yet.
      db::Scoped row(step_.db.cached(
          "SELECT c.id,c.thread FROM links l JOIN cold c ON c.id=l.id WHERE l.hash=? AND l.place>0 AND l.id<>? AND "
          "(c.report OR c.subject=?) AND NOT EXISTS(SELECT 1 FROM links p JOIN links r ON r.hash=p.hash AND r.id=l.id "
          "WHERE p.id=c.parent AND p.place=0 AND r.place>0 AND r.place<=l.place)"));
      row->bind(1, hash64(ancestry_.messageId)).bind(2, id_).bind(3, ancestry_.subject);
      for (;;) {
        const auto found = row->step();
        if (!found) return found.error();
        if (!*found) break;
        children.push_back({row->integer(0), row->integer(1), 0});
      }
    }
    const auto above = ancestors();
    if (!above) return above.error();
    for (const auto& child : children) {
      // Ids that name each other must not make a circle.
      if (std::find(above->begin(), above->end(), child.id) != above->end()) continue;
      db::Scoped update(step_.db.cached("UPDATE cold SET parent=? WHERE id=?"));
      update->bind(1, id_).bind(2, child.id);
      if (auto done = update->run(); !done) return done;
      threads_.insert(child.thread);
    }
    return {};
  }

  ph::Result<std::vector<MessageId>> ancestors() {
    std::vector<MessageId> ids;
    for (auto at = parent_; at != 0 && ids.size() < kMaxDepth;) {
      ids.push_back(at);
      db::Scoped row(step_.db.cached("SELECT parent FROM cold WHERE id=?"));
      row->bind(1, at);
      const auto found = row->step();
      if (!found) return found.error();
      at = *found ? row->integer(0) : 0;
    }
    return ids;
  }

  // All threads that this message connects become the oldest of them.
  ph::Result<ThreadPlace> settle() {
    const auto thread = *threads_.begin();
    for (const auto other : threads_) {
      if (other == thread) continue;
      // RFC 8474 5.2: clients were told the old one, and that it stays. Of the message that comes now nobody was told.
      db::Scoped keep(
          step_.db.cached("INSERT OR IGNORE INTO thread_origins SELECT id,thread FROM cold WHERE thread=? AND id<>?"));
      keep->bind(1, other).bind(2, id_);
      if (auto done = keep->run(); !done) return done.error();
      db::Scoped move(step_.db.cached("UPDATE cold SET thread=? WHERE thread=?"));
      move->bind(1, thread).bind(2, other);
      if (auto done = move->run(); !done) return done.error();
      db::Scoped merge(step_.db.cached(
          "INSERT INTO threads SELECT ?1,muted,collapsed FROM threads WHERE id=?2 ON CONFLICT(id) DO UPDATE SET "
          "muted=max(muted,excluded.muted),collapsed=max(collapsed,excluded.collapsed)"));
      merge->bind(1, thread).bind(2, other);
      if (auto done = merge->run(); !done) return done.error();
      db::Scoped forget(step_.db.cached("DELETE FROM threads WHERE id=?"));
      forget->bind(1, other);
      if (auto done = forget->run(); !done) return done.error();
    }
    if (parent_ != 0) {
      db::Scoped update(step_.db.cached("UPDATE cold SET parent=? WHERE id=?"));
      update->bind(1, parent_).bind(2, id_);
      if (auto done = update->run(); !done) return done.error();
    }
    db::Scoped row(step_.db.cached("SELECT muted FROM threads WHERE id=?"));
    row->bind(1, thread);
    const auto found = row->step();
    if (!found) return found.error();
    return ThreadPlace{thread, parent_, *found && row->integer(0) != 0};
  }

  Step& step_;
  const MessageId id_;
  const std::int64_t date_;
  const Ancestry& ancestry_;
  std::set<MessageId> threads_;
  MessageId parent_ = 0;
};

}  // namespace

ph::Result<ThreadPlace> joinThread(Step& step, MessageId id, std::int64_t date, const Ancestry& ancestry) {
  return Joiner(step, id, date, ancestry).run();
}

ph::Status leaveThread(Step& step, MessageId id) {
  for (const char* sql :
       {"UPDATE cold SET parent=(SELECT parent FROM cold WHERE id=?1) WHERE parent=?1 AND parent<>0",
        "DELETE FROM links WHERE id=?1", "DELETE FROM thread_origins WHERE id=?1",
        "DELETE FROM threads WHERE id=(SELECT thread FROM cold WHERE id=?1) AND NOT EXISTS(SELECT 1 FROM cold WHERE "
        "thread=threads.id AND id<>?1)"}) {
    db::Scoped row(step.db.cached(sql));
    row->bind(1, id);
    if (auto done = row->run(); !done) return done;
  }
  return {};
}

}  // namespace posthouse::store
