// Reading from the index: batches of rows, mailboxes, changes. No statement outlives a call.
#include <algorithm>

#include "store/account.hpp"
#include "store/cold_texts.hpp"
#include "store/core.hpp"
#include "store/mailbox_names.hpp"

namespace posthouse::store {
namespace {

constexpr std::size_t kMaxRows = 256;
constexpr std::size_t kMaxBytes = 256 * 1024;
constexpr std::uint32_t kTexts = kEnvelope | kStructure | kParts | kReferences;
constexpr std::uint32_t kColdColumns = kSize | kTexts | kMessageIdHeader | kHash | kThread | kThreadId;

constexpr char kMailboxColumns[] =
    "SELECT m.id,m.name,m.uidvalidity,m.uidnext,m.modseq,m.messages,m.unseen,m.deleted,m.size,m.use,"
    "EXISTS(SELECT 1 FROM subscriptions s WHERE s.name=m.name),"
    "EXISTS(SELECT 1 FROM mailboxes c WHERE c.name>m.name||'/' AND c.name<m.name||'0'),"
    "(SELECT group_concat(k.name,' ') FROM mailbox_keywords mk JOIN keywords k ON k.id=mk.keyword WHERE "
    "mk.mailbox=m.id) "
    "FROM mailboxes m ";

Mailbox mailboxOf(db::Scoped& row) {
  Mailbox m;
  m.id = row->integer(0);
  m.name = row->bytes(1);
  m.uidValidity = static_cast<Uid>(row->integer(2));
  m.uidNext = static_cast<Uid>(row->integer(3));
  m.highestModSeq = row->integer(4);
  m.messages = static_cast<std::uint32_t>(row->integer(5));
  m.unseen = static_cast<std::uint32_t>(row->integer(6));
  m.deleted = static_cast<std::uint32_t>(row->integer(7));
  m.size = static_cast<std::uint64_t>(row->integer(8));
  m.use = static_cast<Use>(row->integer(9));
  m.subscribed = row->integer(10) != 0;
  m.hasChildren = row->integer(11) != 0;
  m.keywords = row->bytes(12);
  return m;
}

std::string selectFor(std::uint32_t columns) {
  std::string sql = "SELECT m.uid,m.id,m.modseq,m.flags";
  const auto add = [&](std::uint32_t column, const char* names) {
    if ((columns & column) != 0) sql.append(",").append(names);
  };
  add(kKeywords, "m.keywords");
  add(kSaved, "m.saved");
  add(kSize, "c.size,c.header_size,c.date,c.zone,c.offset");
  add(kHash, "c.hash");
  add(kMessageIdHeader, "c.message_id");
  add(kTexts, "c.texts");
  add(kThread, "c.thread,c.parent");
  add(kThreadId, "ifnull((SELECT o.thread FROM thread_origins o WHERE o.id=m.id),c.thread)");
  sql += " FROM messages m";
  if ((columns & kColdColumns) != 0) sql += " JOIN cold c ON c.id=m.id";
  return sql + " WHERE m.mailbox=? AND m.uid BETWEEN ? AND ? ORDER BY m.uid";
}

ph::Result<Row> rowOf(db::Scoped& row, std::uint32_t columns) {
  Row r;
  r.uid = static_cast<Uid>(row->integer(0));
  r.id = row->integer(1);
  r.modSeq = row->integer(2);
  r.flags = static_cast<std::uint32_t>(row->integer(3));
  int at = 4;
  if (columns & kKeywords) r.keywords = row->bytes(at++);
  if (columns & kSaved) r.saved = row->integer(at++);
  if (columns & kSize) {
    r.size = static_cast<std::uint64_t>(row->integer(at++));
    r.headerSize = static_cast<std::uint64_t>(row->integer(at++));
    r.date = row->integer(at++);
    r.zone = static_cast<std::int32_t>(row->integer(at++));
    r.offset = static_cast<std::uint64_t>(row->integer(at++));
  }
  if (columns & kHash) r.hash = row->bytes(at++);
  if (columns & kMessageIdHeader) r.messageIdHeader = row->bytes(at++);
  if (columns & kTexts) {
    auto texts = unpackTexts(row->bytes(at++));
    if (!texts) return ph::Error{ph::Kind::Permanent, "the index is damaged: texts of " + std::to_string(r.id)};
    if (columns & kEnvelope) r.envelope = std::move(texts->envelope);
    if (columns & kStructure) r.structure = std::move(texts->structure);
    if (columns & kParts) r.parts = std::move(texts->parts);
    if (columns & kReferences) r.references = std::move(texts->references);
  }
  if (columns & kThread) {
    r.thread = row->integer(at++);
    r.parent = row->integer(at++);
  }
  if (columns & kThreadId) r.threadId = row->integer(at++);
  return r;
}

std::size_t bytesOf(const Row& r) {
  return 64 + r.keywords.size() + r.envelope.size() + r.structure.size() + r.parts.size() + r.references.size() +
         r.messageIdHeader.size() + r.hash.size();
}

ph::Status changedRows(db::Database& db, MailboxId mailbox, ModSeq after, ModSeq upTo, Uid below,
                       std::vector<ChangedRow>& out) {
  db::Scoped row(
      db.cached("SELECT uid,modseq,flags,keywords FROM messages INDEXED BY messages_modseq "
                "WHERE mailbox=? AND modseq>? AND modseq<=? AND uid<?"));
  row->bind(1, mailbox).bind(2, after).bind(3, upTo).bind(4, below);
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) break;
    out.push_back({static_cast<Uid>(row->integer(0)), row->integer(1), static_cast<std::uint32_t>(row->integer(2)),
                   std::string(row->bytes(3))});
  }
  std::sort(out.begin(), out.end(), [](const ChangedRow& a, const ChangedRow& b) { return a.uid < b.uid; });
  return {};
}

}  // namespace

ph::Result<std::vector<Mailbox>> Account::mailboxes() {
  auto db = core_->reader();
  if (!db) return db.error();
  std::vector<Mailbox> result;
  {
    db::Scoped row((*db)->cached(std::string(kMailboxColumns) + "ORDER BY m.name<>'INBOX',m.name"));
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) break;
      result.push_back(mailboxOf(row));
    }
  }
  db::Scoped row((*db)->cached("SELECT name FROM subscriptions WHERE name NOT IN (SELECT name FROM mailboxes)"));
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return result;
    Mailbox gone;
    gone.name = row->bytes(0);
    gone.subscribed = true;
    gone.exists = false;
    result.push_back(std::move(gone));
  }
}

ph::Result<Mailbox> Account::mailbox(std::string_view given) {
  const auto name = canonicalName(given);
  if (!name) return name.error();
  auto db = core_->reader();
  if (!db) return db.error();
  db::Scoped row((*db)->cached(std::string(kMailboxColumns) + "WHERE m.name=?"));
  row->text(1, *name);
  const auto found = row->step();
  if (!found) return found.error();
  if (!*found) return ph::Error{ph::Kind::NotFound, "no such mailbox: " + *name};
  return mailboxOf(row);
}

ph::Result<Mailbox> Account::mailbox(MailboxId id) {
  auto db = core_->reader();
  if (!db) return db.error();
  db::Scoped row((*db)->cached(std::string(kMailboxColumns) + "WHERE m.id=?"));
  row->bind(1, id);
  const auto found = row->step();
  if (!found) return found.error();
  if (!*found) return ph::Error{ph::Kind::NotFound, "no such mailbox"};
  return mailboxOf(row);
}

ph::Result<Batch> Account::query(MailboxId mailbox, Uid from, Uid to, std::uint32_t columns, std::size_t maxRows,
                                 std::size_t maxBytes) {
  maxRows = std::min(maxRows, kMaxRows);
  maxBytes = std::min(maxBytes, kMaxBytes);
  auto db = core_->reader();
  if (!db) return db.error();
  Batch batch;
  std::size_t bytes = 0;
  db::Scoped row((*db)->cached(selectFor(columns)));
  row->bind(1, mailbox).bind(2, from).bind(3, to);
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) break;
    if (batch.rows.size() >= maxRows || (bytes >= maxBytes && !batch.rows.empty())) {
      batch.next = static_cast<Uid>(row->integer(0));
      break;
    }
    auto next = rowOf(row, columns);
    if (!next) return next.error();
    batch.rows.push_back(std::move(*next));
    bytes += bytesOf(batch.rows.back());
  }
  if ((columns & kSize) == 0) return batch;
  std::vector<Shapes::Shape> shapes;
  shapes.reserve(batch.rows.size());
  for (const auto& r : batch.rows) shapes.push_back({r.id, r.offset, r.size});
  core_->shapes.remember(std::move(shapes));
  return batch;
}

ph::Result<MessageFile> Account::open(MessageId id) {
  std::uint64_t offset = 0, size = 0;
  if (const auto shape = core_->shapes.find(id)) {
    offset = shape->offset;
    size = shape->size;
  } else {
    auto db = core_->reader();
    if (!db) return db.error();
    db::Scoped row((*db)->cached("SELECT offset,size FROM cold WHERE id=?"));
    row->bind(1, id);
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return ph::Error{ph::Kind::NotFound, "no such message"};
    offset = static_cast<std::uint64_t>(row->integer(0));
    size = static_cast<std::uint64_t>(row->integer(1));
  }
  return core_->message(id, offset, size);
}

ph::Result<std::vector<MailboxId>> Account::mailboxesOf(MessageId id) {
  auto db = core_->reader();
  if (!db) return db.error();
  std::vector<MailboxId> out;
  db::Scoped row((*db)->cached("SELECT DISTINCT mailbox FROM messages WHERE id=?"));
  row->bind(1, id);
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return out;
    out.push_back(row->integer(0));
  }
}

ph::Result<Changes> Account::changesSince(const View& old) {
  auto view = core_->view(old.mailbox());
  if (!view) return view.error();
  Changes changes;
  changes.view = *view;
  if ((*view)->modSeq() == old.modSeq()) return changes;
  changes.vanished = missing(old, **view);
  changes.added = missing(**view, old);
  auto db = core_->reader();
  if (!db) return db.error();
  if (auto done = changedRows(**db, old.mailbox(), old.modSeq(), (*view)->modSeq(), old.uidNext(), changes.flags);
      !done)
    return done.error();
  return changes;
}

ph::Result<Changes> Account::changesSince(MailboxId mailbox, ModSeq since) {
  auto view = core_->view(mailbox);
  if (!view) return view.error();
  Changes changes;
  changes.view = *view;
  const auto now = (*view)->modSeq();
  auto db = core_->reader();
  if (!db) return db.error();
  {
    db::Scoped row((*db)->cached("SELECT floor FROM mailboxes WHERE id=?"));
    row->bind(1, mailbox);
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return ph::Error{ph::Kind::NotFound, "no such mailbox"};
    if (since < row->integer(0)) return ph::Error{ph::Kind::Conflict, "older expunges are not known any more"};
  }
  {
    db::Scoped row((*db)->cached("SELECT uid FROM expunged WHERE mailbox=? AND modseq>? AND modseq<=?"));
    row->bind(1, mailbox).bind(2, since).bind(3, now);
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) break;
      changes.vanished.push_back(static_cast<Uid>(row->integer(0)));
    }
    std::sort(changes.vanished.begin(), changes.vanished.end());
  }
  if (auto done = changedRows(**db, mailbox, since, now, 0xffffffff, changes.flags); !done) return done.error();
  return changes;
}

ph::Result<Usage> Account::usage() {
  auto db = core_->reader();
  if (!db) return db.error();
  db::Scoped row((*db)->cached("SELECT coalesce(sum(size),0), coalesce(sum(messages),0) FROM mailboxes"));
  const auto found = row->step();
  if (!found) return found.error();
  Usage usage;
  usage.bytes = static_cast<std::uint64_t>(row->integer(0));
  usage.limit = core_->settings()->quota;
  usage.messages = static_cast<std::uint64_t>(row->integer(1));
  return usage;
}

}  // namespace posthouse::store
