// The checks of verify.hpp, run inside one (empty) change so that no writer moves anything meanwhile.
#include "store/verify.hpp"

#include <charconv>

#include "store/cold_texts.hpp"
#include "store/core.hpp"
#include "store/hash.hpp"
#include "store/meta.hpp"
#include "store/packed.hpp"
#include "store/sound_file.hpp"

namespace posthouse::store {
namespace {

struct Check {
  Problem::Kind kind;
  const char* text;
  const char* sql;  // each row is a problem, its columns say where
};

constexpr Check kChecks[] = {
    {Problem::Reference, "message in a mailbox that is not there (mailbox, uid)",
     "SELECT mailbox,uid FROM messages WHERE mailbox NOT IN (SELECT id FROM mailboxes)"},
    {Problem::Reference, "message without content (mailbox, uid)",
     "SELECT mailbox,uid FROM messages WHERE id NOT IN (SELECT id FROM cold)"},
    {Problem::Reference, "content that no message names (id)",
     "SELECT id,0 FROM cold WHERE id NOT IN (SELECT id FROM messages)"},
    {Problem::Reference, "content that is garbage too (id)",
     "SELECT id,0 FROM garbage WHERE id IN (SELECT id FROM cold UNION ALL SELECT id FROM removed)"},
    {Problem::Reference, "expunged message of a mailbox that nothing knows (mailbox, uid)",
     "SELECT mailbox,uid FROM removed WHERE mailbox NOT IN (SELECT id FROM mailboxes UNION ALL SELECT id FROM "
     "removed_mailboxes)"},
    {Problem::Reference, "link of a message that is not there (id, place)",
     "SELECT id,place FROM links WHERE id NOT IN (SELECT id FROM cold)"},
    {Problem::Reference, "parent that is not there, or in another thread (id, parent)",
     "SELECT c.id,c.parent FROM cold c LEFT JOIN cold p ON p.id=c.parent WHERE c.parent<>0 AND "
     "ifnull(p.thread,0)<>c.thread"},
    {Problem::Reference, "thread without messages (thread)",
     "SELECT id,0 FROM threads WHERE id NOT IN (SELECT thread FROM cold)"},
    {Problem::Reference, "delivery or recipient of a message that is not there (id)",
     "SELECT id,0 FROM deliveries WHERE id NOT IN (SELECT id FROM cold UNION ALL SELECT id FROM removed) UNION ALL "
     "SELECT id,0 FROM dkim_domains WHERE "
     "id "
     "NOT IN (SELECT id FROM deliveries) UNION ALL SELECT id,0 FROM recipients WHERE id NOT IN (SELECT id FROM cold)"},
    {Problem::Reference, "tombstone in a mailbox that is not there (mailbox, uid)",
     "SELECT mailbox,uid FROM expunged WHERE mailbox NOT IN (SELECT id FROM mailboxes)"},
    {Problem::Reference, "delivery key without message and without end (id)",
     "SELECT id,0 FROM delivery_keys WHERE expires IS NULL AND id NOT IN (SELECT id FROM cold)"},
    {Problem::Reference, "keyword of a mailbox that is not there (mailbox, keyword)",
     "SELECT mailbox,keyword FROM mailbox_keywords WHERE mailbox NOT IN (SELECT id FROM mailboxes) "
     "OR keyword NOT IN (SELECT id FROM keywords)"},
    {Problem::Uid, "uid not below UIDNEXT (mailbox, uid)",
     "SELECT m.mailbox,m.uid FROM messages m JOIN mailboxes b ON b.id=m.mailbox WHERE m.uid>=b.uidnext OR m.uid<1 "
     "UNION ALL "
     "SELECT m.mailbox,m.uid FROM expunged m JOIN mailboxes b ON b.id=m.mailbox WHERE m.uid>=b.uidnext"},
    {Problem::Uid, "uid both there and expunged (mailbox, uid)",
     "SELECT mailbox,uid FROM messages INTERSECT SELECT mailbox,uid FROM expunged"},
    {Problem::Uid, "UIDVALIDITY used twice or above the account's (mailbox)",
     "SELECT id,uidvalidity FROM mailboxes WHERE uidvalidity>(SELECT uidvalidity FROM account) OR uidvalidity IN "
     "(SELECT uidvalidity FROM mailboxes GROUP BY uidvalidity HAVING count(*)>1)"},
    {Problem::ModSeq, "modseq above its mailbox's (mailbox, uid)",
     "SELECT m.mailbox,m.uid FROM messages m JOIN mailboxes b ON b.id=m.mailbox WHERE m.modseq>b.modseq UNION ALL "
     "SELECT m.mailbox,m.uid FROM expunged m JOIN mailboxes b ON b.id=m.mailbox WHERE m.modseq>b.modseq"},
    {Problem::ModSeq, "modseq above the account's (mailbox)",
     "SELECT id,modseq FROM mailboxes WHERE modseq>(SELECT modseq FROM account)"},
    {Problem::Counter, "counters are wrong (mailbox)",
     "SELECT b.id,b.messages FROM mailboxes b LEFT JOIN (SELECT m.mailbox,count(*) n,sum(m.flags&1=0) unseen,"
     "sum(m.flags&8<>0) deleted,sum(c.size) size FROM messages m LEFT JOIN cold c ON c.id=m.id GROUP BY m.mailbox) s "
     "ON s.mailbox=b.id WHERE b.messages<>ifnull(s.n,0) OR b.unseen<>ifnull(s.unseen,0) OR "
     "b.deleted<>ifnull(s.deleted,0) OR b.size<>ifnull(s.size,0)"},
};

class Verify final : public Change {
 public:
  Verify(Core& core, const VerifyOptions& options) : core_(core), options_(options) {}

  bool alone() const override { return true; }

  ph::Status apply(Step& step) override {
    if (auto done = checkIndex(step.db); !done) return done;
    for (const auto& check : kChecks)
      if (auto done = run(step.db, check); !done) return done;
    if (auto done = checkFiles(step.db); !done) return done;
    if (auto done = checkRemoved(step.db); !done) return done;
    return checkFolders(step.db);
  }

  Report report;

 private:
  void add(Problem::Kind kind, std::string text) { report.problems.push_back({kind, std::move(text)}); }

  ph::Status checkIndex(db::Database& db) {
    auto row = db.prepare("PRAGMA integrity_check(100)");
    if (!row) return row.error();
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) return {};
      if (row->bytes(0) != "ok") add(Problem::Index, std::string(row->bytes(0)));
    }
  }

  ph::Status run(db::Database& db, const Check& check) {
    auto row = db.prepare(check.sql);
    if (!row) return row.error();
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) return {};
      add(check.kind,
          std::string(check.text) + ": " + std::to_string(row->integer(0)) + " " + std::to_string(row->integer(1)));
    }
  }

  ph::Status checkFiles(db::Database& db) {
    const auto bound = core_.idBound();
    auto count = db.prepare("SELECT count(*) FROM cold");
    if (!count) return count.error();
    if (const auto counted = count->step(); !counted) return counted.error();
    const auto total = static_cast<std::uint64_t>(count->integer(0));
    auto row = db.prepare("SELECT id,offset,size,hash,texts FROM cold");
    if (!row) return row.error();
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) return {};
      const MessageId id = row->integer(0);
      if (options_.tell && !options_.tell({report.messages, total}))
        return ph::Error{ph::Kind::Cancelled, "nobody waits for the result any more"};
      ++report.messages;
      known_.insert(id);
      if (id >= bound) add(Problem::Id, "id above the reserved bound: " + std::to_string(id));
      if (!unpackTexts(row->bytes(4))) add(Problem::Index, "texts are damaged: " + std::to_string(id));
      checkFile(id, static_cast<std::uint64_t>(row->integer(1)), static_cast<std::uint64_t>(row->integer(2)),
                row->bytes(3));
    }
  }

  // Files of messages that can be restored.
  ph::Status checkRemoved(db::Database& db) {
    const auto bound = core_.idBound();
    auto row = db.prepare("SELECT DISTINCT id FROM removed WHERE id NOT IN (SELECT id FROM cold)");
    if (!row) return row.error();
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) return {};
      const MessageId id = row->integer(0);
      known_.insert(id);
      if (id >= bound) add(Problem::Id, "id above the reserved bound: " + std::to_string(id));
      const auto path = core_.messagePath(id);
      if (const auto info = core_.env.info(path); !info) {
        add(Problem::Missing, info.error().text);
      } else if (options_.hashes && !readSoundFile(core_.env, path, id)) {
        add(Problem::Content, path + ": metadata header or hash is wrong");
      }
    }
  }

  void checkFile(MessageId id, std::uint64_t offset, std::uint64_t size, std::string_view hash) {
    const auto path = core_.messagePath(id);
    const auto info = core_.env.info(path);
    if (!info) return add(Problem::Missing, info.error().text);
    if (info->size == offset + size && !options_.hashes) return;
    const auto read = readContent(core_.env, path);
    if (!read) return add(Problem::Content, read.error().text);
    const std::string_view content = *read;
    if (content.size() != offset + size)
      return add(Problem::Size, path + ": " + std::to_string(content.size()) + " bytes");
    if (!options_.hashes) return;
    const auto meta = parseMeta(content);
    if (!meta || meta->length != offset || meta->meta.id != id || meta->meta.hash != hash)
      return add(Problem::Content, path + ": metadata header is wrong");
    if (meta->meta.prefix > size || sha256(content.substr(offset + meta->meta.prefix)) != hash)
      add(Problem::Content, path + ": hash is wrong");
  }

  ph::Status checkFolders(db::Database& db) {
    auto row = db.prepare("SELECT id FROM garbage");
    if (!row) return row.error();
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) break;
      known_.insert(row->integer(0));
    }
    const auto groups = core_.env.list(core_.folder + "/msg");
    if (!groups) return groups.error();
    for (const auto& group : *groups) {
      const auto files = core_.env.list(core_.folder + "/msg/" + group);
      if (!files) return files.error();
      for (const auto& file : *files) checkName(group, file);
    }
    return {};
  }

  // No append is half done now: files are linked by the leader of a group, and this change is a group of its own. Those
  // that are written where they stay are known as places.
  void checkName(const std::string& group, const std::string& file) {
    MessageId id = 0;
    const auto [end, error] = std::from_chars(file.data(), file.data() + file.size(), id);
    const auto path = core_.folder + "/msg/" + group + "/" + file;
    const bool named = error == std::errc() && end == file.data() + file.size() && path == core_.messagePath(id);
    if (named && (known_.contains(id) || core_.places.contains(id))) return;
    add(Problem::Stray, path);
    if (options_.removeStrays) (void)core_.env.unlink(path);
  }

  Core& core_;
  const VerifyOptions& options_;
  std::set<MessageId> known_;
};

}  // namespace

ph::Result<Report> verify(Account& account, const VerifyOptions& options) {
  Verify job(account.core(), options);
  if (auto done = account.core().commit(job); !done) return done.error();
  return std::move(job.report);
}

}  // namespace posthouse::store
