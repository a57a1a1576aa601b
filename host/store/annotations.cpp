// Annotations of mailboxes and of the account: reading, and setting some in one commit. RFC 5464 3, 4.1, 4.3.
#include "store/account.hpp"
#include "store/core.hpp"

namespace posthouse::store {
namespace {

constexpr int kKeptRemovals = 1000;

class Annotate final : public Change {
 public:
  Annotate(MailboxId mailbox, const std::vector<Annotation>& changes) : mailbox_(mailbox), changes_(changes) {}

  ph::Status apply(Step& step) override {
    if (mailbox_ != 0)
      if (const auto mailbox = step.mailbox(mailbox_); !mailbox) return mailbox.error();
    bool grows = false;
    for (const auto& change : changes_) {
      db::Scoped set(step.db.cached(
          change.value
              ? "INSERT INTO annotations VALUES(?1,?2,?3,?4) ON CONFLICT(mailbox,entry) DO UPDATE SET "
                "value=excluded.value,modseq=excluded.modseq"
              : "UPDATE annotations SET value=NULL,modseq=?4 WHERE mailbox=?1 AND entry=?2 AND value NOTNULL"));
      set->bind(1, mailbox_).text(2, change.entry).bind(4, step.modSeq);
      if (change.value) set->blob(3, *change.value);
      if (auto done = set->run(); !done) return done;
      grows = grows || change.value;
    }
    step.note(mailbox_, Notice::Annotation);
    if (!grows) return forgetRemovals(step);
    db::Scoped all(step.db.cached(
        "SELECT count(*),ifnull(sum(length(entry)+length(value)),0) FROM annotations WHERE value NOTNULL"));
    const auto found = all->step();
    if (!found) return found.error();
    const auto count = static_cast<std::size_t>(all->integer(0)), bytes = static_cast<std::size_t>(all->integer(1));
    if (count > Account::kMaxAnnotations || bytes > Account::kMaxAnnotationBytes)
      return ph::Error{ph::Kind::Limit, "too many annotations"};
    return forgetRemovals(step);
  }

 private:
  static ph::Status forgetRemovals(Step& step) {
    db::Scoped forget(step.db.cached(
        "DELETE FROM annotations WHERE value ISNULL AND modseq<=(SELECT modseq FROM annotations WHERE value ISNULL "
        "ORDER BY modseq DESC LIMIT 1 OFFSET ?)"));
    forget->bind(1, kKeptRemovals);
    return forget->run();
  }

  const MailboxId mailbox_;
  const std::vector<Annotation>& changes_;
};

ph::Result<std::vector<Annotation>> read(Core& core, const char* sql, std::int64_t key) {
  auto db = core.reader();
  if (!db) return db.error();
  std::vector<Annotation> result;
  db::Scoped row((*db)->cached(sql));
  row->bind(1, key);
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return result;
    Annotation a;
    a.mailbox = row->integer(0);
    a.entry = row->bytes(1);
    if (row->integer(2) != 0) a.value = std::string(row->bytes(3));
    a.modSeq = row->integer(4);
    result.push_back(std::move(a));
  }
}

}  // namespace

ph::Result<std::vector<Annotation>> Account::annotations(MailboxId mailbox) {
  return read(*core_,
              "SELECT mailbox,entry,1,value,modseq FROM annotations WHERE mailbox=? AND value NOTNULL ORDER BY entry",
              mailbox);
}

ph::Result<std::vector<Annotation>> Account::annotationsSince(ModSeq since) {
  return read(*core_,
              "SELECT mailbox,entry,value NOTNULL,NULL,modseq FROM annotations WHERE modseq>? ORDER BY mailbox,entry",
              since);
}

ph::Status Account::annotate(MailboxId mailbox, const std::vector<Annotation>& changes) {
  if (changes.empty()) return {};
  Annotate job(mailbox, changes);
  return core_->commit(job);
}

}  // namespace posthouse::store
