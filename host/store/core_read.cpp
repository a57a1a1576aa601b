// Reading connections and cached views; see core.hpp.
#include "store/core.hpp"

namespace posthouse::store {
namespace {
constexpr std::size_t kMaxIdleReaders = 4;
}

Core::Reader::Reader(Core& core, std::shared_lock<std::shared_mutex> gate, std::unique_ptr<db::Database> db)
    : core_(core), gate_(std::move(gate)), db_(std::move(db)) {}

Core::Reader::~Reader() {
  if (!db_ || db_->inTransaction()) return;  // a failed transaction goes with its connection
  const std::lock_guard guard(core_.poolMutex_);
  if (core_.pool_.size() < kMaxIdleReaders) core_.pool_.push_back(std::move(db_));
}

ph::Result<Core::Reader> Core::reader() {
  auto gate = stayAwake();
  if (!gate) return gate.error();
  if (!writer_) return ph::Error{ph::Kind::Temporary, name + ": not open"};
  {
    const std::lock_guard guard(poolMutex_);
    if (!pool_.empty()) {
      auto db = std::move(pool_.back());
      pool_.pop_back();
      return Reader(*this, std::move(*gate), std::move(db));
    }
  }
  auto db = database(true);
  if (!db) return db.error();
  return Reader(*this, std::move(*gate), std::move(*db));
}

ph::Result<MessageFile> Core::message(MessageId id, std::uint64_t offset, std::uint64_t size) {
  auto file = [&]() -> ph::Result<std::unique_ptr<env::File>> {
    if (const auto folder = lastFolder_.find(env, id / kGroup, groupFolder(id))) {
      auto found = folder->open(std::to_string(id));
      if (found || found.error().kind != ph::Kind::NotFound) return found;
      lastFolder_.forget();  // a folder that was empty is made anew at times
    }
    return env.open(messagePath(id), env::Open::Read);
  }();
  if (!file) return file.error();
  auto message = messageFile(std::move(*file), offset, size);
  if (!message) return ph::Error{message.error().kind, messagePath(id) + ": " + message.error().text};
  return message;
}

ph::Result<std::shared_ptr<const Acl>> Core::acl() {
  if (auto acl = std::atomic_load(&acl_)) return acl;
  auto db = reader();
  if (!db) return db.error();
  return Acl::read(**db);
}

// A view is read without stopping the writer; it counts when no commit of this mailbox was published meanwhile.
ph::Result<std::shared_ptr<const View>> Core::view(MailboxId mailbox) {
  for (;;) {
    {
      const std::lock_guard guard(viewsMutex_);
      if (const auto it = views_.find(mailbox); it != views_.end()) return it->second;
    }
    std::shared_ptr<const View> made;
    {
      auto db = reader();
      if (!db) return db.error();
      if (auto done = (*db)->cached("BEGIN").run(); !done) return done.error();
      {
        db::Scoped row((*db)->cached("SELECT uidvalidity,uidnext,modseq FROM mailboxes WHERE id=?"));
        row->bind(1, mailbox);
        const auto found = row->step();
        if (!found) return found.error();
        if (*found) {
          std::vector<Uid> uids;
          db::Scoped list((*db)->cached("SELECT uid FROM messages WHERE mailbox=? ORDER BY uid"));
          list->bind(1, mailbox);
          for (;;) {
            const auto more = list->step();
            if (!more) return more.error();
            if (!*more) break;
            uids.push_back(static_cast<Uid>(list->integer(0)));
          }
          made = std::make_shared<const View>(mailbox, static_cast<Uid>(row->integer(0)),
                                              static_cast<Uid>(row->integer(1)), row->integer(2), uids);
        }
      }
      if (auto done = (*db)->cached("COMMIT").run(); !done) return done.error();
    }
    if (!made) return ph::Error{ph::Kind::NotFound, "no such mailbox"};
    const std::lock_guard guard(viewsMutex_);
    const auto published = published_.find(mailbox);
    if (published != published_.end() && published->second > made->modSeq()) continue;
    auto& slot = views_[mailbox];
    if (!slot || slot->modSeq() < made->modSeq()) slot = made;
    return slot;
  }
}

}  // namespace posthouse::store
