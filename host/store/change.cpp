// What every change does with mailbox rows: load, count, write back.
#include "store/change.hpp"

#include <algorithm>

#include "store/junk_flags.hpp"

namespace posthouse::store {
namespace {

constexpr char kColumns[] =
    "SELECT id,name,uidvalidity,uidnext,modseq,messages,unseen,deleted,size,use FROM mailboxes WHERE ";

ph::Result<Mailbox> read(db::Scoped& row, const std::string& what) {
  const auto found = row->step();
  if (!found) return found.error();
  if (!*found) return ph::Error{ph::Kind::NotFound, "no such mailbox: " + what};
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
  return m;
}

}  // namespace

ph::Result<Mailbox*> Step::mailbox(MailboxId id) {
  if (const auto it = loaded_.find(id); it != loaded_.end()) return &it->second;
  db::Scoped row(db.cached(std::string(kColumns) + "id=?"));
  row->bind(1, id);
  auto m = read(row, std::to_string(id));
  if (!m) return m.error();
  return &(loaded_[id] = std::move(*m));
}

ph::Result<Mailbox*> Step::mailbox(std::string_view name) {
  db::Scoped row(db.cached("SELECT id FROM mailboxes WHERE name=?"));
  row->text(1, name);
  const auto found = row->step();
  if (!found) return found.error();
  if (!*found) return ph::Error{ph::Kind::NotFound, "no such mailbox: " + std::string(name)};
  return mailbox(row->integer(0));
}

Delta& Step::touch(Mailbox& mailbox, std::uint32_t kinds) {
  mailbox.highestModSeq = modSeq;
  auto& delta = deltas_[mailbox.id];
  delta.kinds |= kinds;
  return delta;
}

void Step::note(MailboxId mailbox, std::uint32_t kinds) {
  deltas_[mailbox].kinds |= kinds;
}

ph::Result<Uid> Step::newUidValidity() {
  db::Scoped row(db.cached("UPDATE account SET uidvalidity=max(uidvalidity+1,?) RETURNING uidvalidity"));
  row->bind(1, now);
  const auto found = row->step();
  if (!found) return found.error();
  const auto value = row->integer(0);
  if (value > 0xffffffff) return ph::Error{ph::Kind::Limit, "no UIDVALIDITY is left"};
  if (const auto done = row->step(); !done) return done.error();
  return static_cast<Uid>(value);
}

ph::Result<Uid> Step::newUid(Mailbox& mailbox) {
  if (mailbox.uidNext == 0xffffffff) return ph::Error{ph::Kind::Limit, "no UID is left in " + mailbox.name};
  return mailbox.uidNext++;
}

ph::Status Step::checkQuota(std::uint64_t more) {
  if (settings.quota == 0 || more == 0) return {};
  db::Scoped row(db.cached("SELECT coalesce(sum(size),0) FROM mailboxes"));
  const auto found = row->step();
  if (!found) return found.error();
  const auto used = static_cast<std::uint64_t>(row->integer(0));
  if (used > settings.quota || more > settings.quota - used) return overQuota();
  return {};
}

ph::Error overQuota() {
  return {ph::Kind::Quota, "the account's quota is used up"};
}

ph::Result<std::string> Step::keywords(MailboxId mailbox, const std::vector<std::string>& names, bool make) {
  constexpr std::int64_t kMaxKeywords = 1000;
  constexpr std::size_t kMaxPerMessage = 100;
  std::set<std::string> spelled;
  for (const auto& name : names) {
    // RFC 9051 9: flag-keyword is an atom. The closing bracket is refused too: not all clients read it well.
    const bool bad = name.empty() || name.size() > 100 || std::any_of(name.begin(), name.end(), [](unsigned char c) {
                       return c <= 0x20 || c >= 0x7f ||
                              std::string_view("(){%*\"\\]").find(static_cast<char>(c)) != std::string_view::npos;
                     });
    if (bad) return ph::Error{ph::Kind::Invalid, "not a keyword: " + name};
    db::Scoped find(db.cached("SELECT id,name FROM keywords WHERE name=?"));
    find->text(1, name);
    auto found = find->step();
    if (!found) return found.error();
    std::int64_t id;
    if (*found) {
      id = find->integer(0);
      spelled.emplace(find->bytes(1));
    } else if (!make) {
      continue;
    } else {
      const auto canonical = canonicalKeyword(name);
      db::Scoped insert(
          db.cached("INSERT INTO keywords(name) SELECT ?1 WHERE (SELECT count(*) FROM keywords)<?2 RETURNING id"));
      insert->text(1, canonical).bind(2, kMaxKeywords);
      found = insert->step();
      if (!found) return found.error();
      if (!*found) return ph::Error{ph::Kind::Limit, "too many different keywords"};
      id = insert->integer(0);
      if (const auto done = insert->step(); !done) return done.error();
      spelled.emplace(canonical);
    }
    if (!make) continue;
    db::Scoped add(db.cached("INSERT OR IGNORE INTO mailbox_keywords VALUES(?,?)"));
    add->bind(1, mailbox).bind(2, id);
    if (auto done = add->run(); !done) return done.error();
  }
  if (spelled.size() > kMaxPerMessage) return ph::Error{ph::Kind::Limit, "too many keywords"};
  std::string joined;
  for (const auto& name : spelled) joined.append(joined.empty() ? "" : " ").append(name);
  return joined;
}

ph::Status Step::flush() {
  for (auto& [id, delta] : deltas_) {
    delta.modSeq = modSeq;
    const auto it = loaded_.find(id);
    if (it == loaded_.end()) continue;
    const auto& m = it->second;
    delta.uidNext = m.uidNext;
    db::Scoped update(
        db.cached("UPDATE mailboxes SET uidnext=?,modseq=?,messages=?,unseen=?,deleted=?,size=? WHERE id=?"));
    update->bind(1, m.uidNext).bind(2, m.highestModSeq).bind(3, m.messages).bind(4, m.unseen).bind(5, m.deleted);
    update->bind(6, static_cast<std::int64_t>(m.size)).bind(7, id);
    if (auto done = update->run(); !done) return done;
  }
  return {};
}

void count(Mailbox& mailbox, std::uint32_t flags, std::uint64_t size, int sign) {
  mailbox.messages += static_cast<std::uint32_t>(sign);
  if ((flags & kSeen) == 0) mailbox.unseen += static_cast<std::uint32_t>(sign);
  if ((flags & kDeleted) != 0) mailbox.deleted += static_cast<std::uint32_t>(sign);
  mailbox.size += sign > 0 ? size : 0 - size;
}

}  // namespace posthouse::store
