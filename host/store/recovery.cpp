// Repairing rows and adding files, see recovery.hpp.
#include "store/recovery.hpp"

#include <algorithm>
#include <charconv>

#include "store/cold.hpp"
#include "store/cold_texts.hpp"
#include "store/core.hpp"
#include "store/deliveries.hpp"
#include "store/describe.hpp"
#include "store/hash.hpp"
#include "store/mailbox_names.hpp"
#include "store/packed.hpp"
#include "store/sound_file.hpp"

namespace posthouse::store {
namespace {

struct Repair {
  const char* sql;
  const char* done;  // follows the number of rows; empty: not worth saying
};

// In this order: a later one counts on what the earlier ones did.
constexpr Repair kRepairs[] = {
    {"DELETE FROM messages WHERE uid<1 OR mailbox NOT IN (SELECT id FROM mailboxes)",
     "messages were in mailboxes that are not there"},
    {"DELETE FROM messages WHERE id NOT IN (SELECT id FROM cold)", "messages had no content"},
    {"DELETE FROM cold WHERE id NOT IN (SELECT id FROM messages)", "contents were in no mailbox"},
    {"DELETE FROM garbage WHERE id IN (SELECT id FROM cold UNION ALL SELECT id FROM removed)",
     "contents were garbage too"},
    {"DELETE FROM links WHERE id NOT IN (SELECT id FROM cold)", ""},
    {"DELETE FROM threads WHERE id NOT IN (SELECT thread FROM cold)", ""},
    {"UPDATE cold SET parent=0 WHERE parent<>0 AND NOT EXISTS(SELECT 1 FROM cold p WHERE p.id=cold.parent AND "
     "p.thread=cold.thread)",
     "messages had a wrong parent"},
    {"DELETE FROM thread_origins WHERE id NOT IN (SELECT id FROM cold)", ""},
    {"DELETE FROM annotations WHERE mailbox<>0 AND mailbox NOT IN (SELECT id FROM mailboxes)", ""},
    {"DELETE FROM acl WHERE mailbox<>0 AND mailbox NOT IN (SELECT id FROM mailboxes)", ""},
    {"DELETE FROM deliveries WHERE id NOT IN (SELECT id FROM cold UNION ALL SELECT id FROM removed)", ""},
    {"DELETE FROM dkim_domains WHERE id NOT IN (SELECT id FROM deliveries)", ""},
    {"DELETE FROM recipients WHERE id NOT IN (SELECT id FROM cold)", ""},
    {"DELETE FROM expunged WHERE mailbox NOT IN (SELECT id FROM mailboxes)", ""},
    {"DELETE FROM expunged WHERE EXISTS(SELECT 1 FROM messages m WHERE m.mailbox=expunged.mailbox AND "
     "m.uid=expunged.uid)",
     "messages were there and expunged"},
    {"INSERT OR IGNORE INTO removed_mailboxes SELECT DISTINCT mailbox,'Recovered',0 FROM removed WHERE mailbox NOT IN "
     "(SELECT id FROM mailboxes UNION ALL SELECT id FROM removed_mailboxes)",
     ""},
    {"DELETE FROM mailbox_keywords WHERE mailbox NOT IN (SELECT id FROM mailboxes) OR keyword NOT IN (SELECT id FROM "
     "keywords)",
     "keywords of mailboxes were not there"},
    {"UPDATE mailboxes SET uidnext=max(uidnext,1+ifnull((SELECT max(uid) FROM messages WHERE mailbox=mailboxes.id),0),"
     "1+ifnull((SELECT max(uid) FROM expunged WHERE mailbox=mailboxes.id),0)) WHERE uidnext<=ifnull((SELECT max(uid) "
     "FROM messages WHERE mailbox=mailboxes.id),0) OR uidnext<=ifnull((SELECT max(uid) FROM expunged WHERE "
     "mailbox=mailboxes.id),0)",
     "mailboxes had a UIDNEXT that was too low"},
    {"UPDATE account SET uidvalidity=(SELECT max(uidvalidity) FROM mailboxes) WHERE uidvalidity<(SELECT "
     "max(uidvalidity) FROM mailboxes)",
     "UIDVALIDITY of the account was too low"},
    {"UPDATE mailboxes SET uidvalidity=(SELECT max(uidvalidity) FROM account)+id WHERE EXISTS(SELECT 1 FROM mailboxes "
     "o "
     "WHERE o.uidvalidity=mailboxes.uidvalidity AND o.id<mailboxes.id)",
     "mailboxes shared a UIDVALIDITY"},
    {"UPDATE account SET uidvalidity=max(uidvalidity,(SELECT max(uidvalidity) FROM mailboxes))", ""},
};

// The counters, and the highest MODSEQs; after everything that removes rows.
constexpr Repair kCounts[] = {
    {"UPDATE mailboxes SET (messages,unseen,deleted,size)=(SELECT count(*),ifnull(sum(m.flags&1=0),0),"
     "ifnull(sum(m.flags&8<>0),0),ifnull(sum(c.size),0) FROM messages m JOIN cold c ON c.id=m.id WHERE "
     "m.mailbox=mailboxes.id) WHERE (messages,unseen,deleted,size) IS NOT (SELECT count(*),ifnull(sum(m.flags&1=0),0),"
     "ifnull(sum(m.flags&8<>0),0),ifnull(sum(c.size),0) FROM messages m JOIN cold c ON c.id=m.id WHERE "
     "m.mailbox=mailboxes.id)",
     "mailboxes had wrong counters"},
    {"UPDATE mailboxes SET modseq=max(modseq,ifnull((SELECT max(modseq) FROM messages WHERE mailbox=mailboxes.id),0),"
     "ifnull((SELECT max(modseq) FROM expunged WHERE mailbox=mailboxes.id),0))",
     ""},
    {"UPDATE account SET modseq=max(modseq,(SELECT max(modseq) FROM mailboxes))", ""},
};

}  // namespace

ph::Result<MessageFiles> listMessageFiles(env::Env& env, const std::string& folder) {
  MessageFiles found;
  const auto groups = env.list(folder + "/msg");
  if (!groups) {
    if (groups.error().kind == ph::Kind::NotFound) return found;
    return groups.error();
  }
  for (const auto& group : *groups) {
    const auto path = folder + "/msg/" + group;
    const auto info = env.info(path);
    if (!info) return info.error();
    if (!info->folder) {
      found.strays.push_back(path);
      continue;
    }
    const auto names = env.list(path);
    if (!names) return names.error();
    for (const auto& name : *names) {
      MessageId id = 0;
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
      const bool plain = error == std::errc() && end == name.data() + name.size() && id > 0 &&
                         std::to_string(id) == name && std::to_string(id / Core::kGroup) == group;
      if (plain) {
        found.paths[id] = path + "/" + name;
      } else {
        found.strays.push_back(path + "/" + name);
      }
    }
  }
  return found;
}

ph::Status Recovery::run(const char* sql, const char* done) {
  db::Scoped row(step_.db.cached(sql));
  if (auto ran = row->run(); !ran) return ran;
  if (*done != '\0' && step_.db.changes() > 0) result_.said.push_back(std::to_string(step_.db.changes()) + " " + done);
  return {};
}

ph::Status Recovery::repairRows() {
  for (const auto& r : kRepairs)
    if (auto done = run(r.sql, r.done); !done) return done;
  {
    db::Scoped keys(step_.db.cached(
        "UPDATE delivery_keys SET expires=? WHERE expires IS NULL AND id NOT IN (SELECT id FROM cold)"));
    keys->bind(1, step_.now + options_.keepDeliveryKeys);
    if (auto done = keys->run(); !done) return done;
  }
  return {};
}

ph::Status Recovery::recount() {
  for (const auto& r : kCounts)
    if (auto done = run(r.sql, r.done); !done) return done;
  return {};
}

ph::Status Recovery::dropMissing() {
  std::vector<MessageId> gone, mute;
  {
    db::Scoped row(step_.db.cached("SELECT id,offset+size,texts FROM cold"));
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) break;
      const auto id = row->integer(0);
      const auto file = files_.paths.find(id);
      if (file == files_.paths.end()) {
        gone.push_back(id);
        continue;
      }
      const auto sound = holds(env_, file->second, static_cast<std::uint64_t>(row->integer(1)));
      if (!sound) return sound.error();
      if (*sound) {
        if (!unpackTexts(row->bytes(2))) mute.push_back(id);
        continue;
      }
      gone.push_back(id);
      result_.damaged.insert(id);
    }
  }
  for (const auto id : gone) {
    if (!files_.paths.contains(id)) {
      ++result_.lost;
      if (auto done = sayLost(id); !done) return done;
    }
    db::Scoped tombstones(
        step_.db.cached("INSERT OR IGNORE INTO expunged SELECT mailbox,?,uid,? FROM messages WHERE id=?"));
    tombstones->bind(1, step_.modSeq).bind(2, step_.now).bind(3, id);
    if (auto done = tombstones->run(); !done) return done;
    db::Scoped rows(step_.db.cached("DELETE FROM messages WHERE id=?"));
    rows->bind(1, id);
    if (auto done = rows->run(); !done) return done;
    if (const auto removed = removeCold(step_, id); !removed) return removed.error();
  }
  for (const auto id : mute)
    if (auto done = describeAnew(id); !done) return done;
  return dropRemoved();
}

// A row whose texts are damaged.
ph::Status Recovery::describeAnew(MessageId id) {
  const auto file = readSoundFile(env_, files_.paths.at(id), id);
  if (!file) return {};  // verify tells
  const auto description = describe(file->visible());
  db::Scoped row(step_.db.cached("UPDATE cold SET texts=? WHERE id=?"));
  const auto texts = packTexts(description.texts);
  row->blob(1, texts).bind(2, id);
  result_.said.push_back("what is known of message " + std::to_string(id) + " was made anew from its file");
  return row->run();
}

// What could be restored, if its file were there.
ph::Status Recovery::dropRemoved() {
  std::set<MessageId> gone;
  {
    db::Scoped row(step_.db.cached("SELECT DISTINCT id FROM removed"));
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) break;
      const auto id = row->integer(0);
      if (!files_.paths.contains(id) || result_.damaged.contains(id)) gone.insert(id);
    }
  }
  for (const auto id : gone) {
    db::Scoped row(step_.db.cached("DELETE FROM removed WHERE id=?"));
    row->bind(1, id);
    if (auto done = row->run(); !done) return done;
    db::Scoped used(step_.db.cached("SELECT 1 FROM cold WHERE id=?"));
    used->bind(1, id);
    const auto found = used->step();
    if (!found) return found.error();
    if (!*found)
      if (auto done = removeDelivery(step_, id); !done) return done;
  }
  if (!gone.empty())
    result_.said.push_back(std::to_string(gone.size()) + " expunged messages cannot be restored: their files are gone");
  return {};
}

ph::Status Recovery::sayLost(MessageId id) {
  db::Scoped row(step_.db.cached(
      "SELECT b.name,m.uid,c.message_id FROM messages m JOIN mailboxes b ON b.id=m.mailbox JOIN cold c ON c.id=m.id "
      "WHERE m.id=?"));
  row->bind(1, id);
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return {};
    result_.said.push_back("message " + std::to_string(id) + " (" + std::string(row->bytes(0)) + ", UID " +
                           std::to_string(row->integer(1)) + ", Message-ID " + std::string(row->bytes(2)) +
                           ") is lost: its file is not there");
  }
}

ph::Status Recovery::addUnknown(const std::string& mailbox) {
  std::uint64_t looked = 0;
  for (const auto& [id, path] : files_.paths) {
    if (tell_) tell_({looked++, files_.paths.size()});
    db::Scoped row(step_.db.cached(
        "SELECT 1 FROM cold WHERE id=?1 UNION ALL SELECT 1 FROM garbage WHERE id=?1 UNION ALL SELECT 1 FROM removed "
        "WHERE id=?1"));
    row->bind(1, id);
    const auto known = row->step();
    if (!known) return known.error();
    if (*known || result_.damaged.contains(id)) continue;
    if (auto done = addFile(id, path, mailbox); !done) return done;
  }
  return {};
}

ph::Status Recovery::addFile(MessageId id, const std::string& path, const std::string& mailbox) {
  const auto content = readContent(env_, path);
  if (!content && content.error().kind == ph::Kind::Permanent) {
    result_.damaged.insert(id);
    return {};
  }
  if (!content) {
    result_.said.push_back(path + " cannot be read: " + content.error().text);
    return {};
  }
  auto parsed = soundMeta(*content, id);
  if (!parsed) {
    result_.damaged.insert(id);
    return {};
  }
  if (!mailbox.empty()) parsed->meta.mailbox = mailbox;
  return insert(parsed->meta, parsed->length, std::string_view(*content).substr(parsed->length));
}

ph::Result<Mailbox*> Recovery::target(const std::string& name) {
  const auto canonical = canonicalName(name).valueOr(kRecovered);
  auto mailbox = step_.mailbox(std::string_view(canonical));
  if (mailbox || mailbox.error().kind != ph::Kind::NotFound) return mailbox;
  auto made = makeMailbox(step_, canonical, Use::None);
  if (!made && canonical != kRecovered) return target(kRecovered);  // no room for more mailboxes, say
  if (!made) return made.error();
  return step_.mailbox(*made);
}

ph::Status Recovery::insert(const Meta& meta, std::size_t offset, std::string_view visible) {
  auto found = target(meta.mailbox);
  if (!found) return found.error();
  auto& mailbox = **found;
  const auto uid = step_.newUid(mailbox);
  if (!uid) return uid.error();
  const auto thread = insertCold(step_, meta, offset, visible.size(), describe(visible));
  if (!thread) return thread.error();
  db::Scoped hot(step_.db.cached("INSERT INTO messages VALUES(?,?,?,?,0,NULL,?)"));
  hot->bind(1, mailbox.id).bind(2, *uid).bind(3, meta.id).bind(4, step_.modSeq).bind(5, step_.now);
  if (auto done = hot->run(); !done) return done;
  count(mailbox, 0, visible.size(), 1);
  step_.touch(mailbox, Notice::Arrived).added.push_back(*uid);
  ++result_.added;
  return {};
}

ph::Status Recovery::finish() {
  if (auto done = step_.flush(); !done) return done;
  db::Scoped row(step_.db.cached("UPDATE account SET modseq=max(modseq,?)"));
  row->bind(1, step_.modSeq);
  return row->run();
}

// The margin: values are at least a second apart, except when many mailboxes are made at once.
ph::Status Recovery::renew() {
  constexpr std::int64_t kMargin = 20'000;
  {
    db::Scoped row(step_.db.cached("UPDATE account SET uidvalidity=max(uidvalidity,?)+1,modseq=?"));
    row->bind(1, step_.now + kMargin).bind(2, step_.modSeq);
    if (auto done = row->run(); !done) return done;
  }
  for (const char* sql :
       {"DELETE FROM expunged",
        "UPDATE mailboxes SET uidvalidity=(SELECT uidvalidity FROM account)+(SELECT count(*) FROM "
        "mailboxes o WHERE o.id<mailboxes.id),modseq=(SELECT modseq FROM account),floor=(SELECT modseq "
        "FROM account)",
        "UPDATE account SET uidvalidity=max(uidvalidity,(SELECT max(uidvalidity) FROM mailboxes))"})
    if (auto done = run(sql, ""); !done) return done;
  return {};
}

}  // namespace posthouse::store
