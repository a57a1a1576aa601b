// Mailbox names, and creating, deleting, renaming and subscribing. RFC 9051 6.3.4 to 6.3.9, RFC 6154 (special uses).
#include <algorithm>

#include "ph/imap/mailbox_name.hpp"
#include "store/account.hpp"
#include "store/mailbox_names.hpp"
#include "store/removal.hpp"

namespace posthouse::store {
namespace {

constexpr std::size_t kMaxName = 1000;
constexpr std::size_t kMaxMailboxes = 10'000;

ph::Result<bool> exists(Step& step, std::string_view name) {
  db::Scoped row(step.db.cached("SELECT 1 FROM mailboxes WHERE name=?"));
  row->text(1, name);
  return row->step();
}

// The names below `name`: those between "name/" and "name0" ('0' follows '/').
ph::Result<std::vector<std::pair<MailboxId, std::string>>> children(Step& step, const std::string& name) {
  std::vector<std::pair<MailboxId, std::string>> result;
  db::Scoped row(step.db.cached("SELECT id,name FROM mailboxes WHERE name>? AND name<?"));
  const std::string low = name + "/", high = name + "0";
  row->text(1, low).text(2, high);
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return result;
    result.emplace_back(row->integer(0), row->bytes(1));
  }
}

ph::Status setName(Step& step, MailboxId id, const std::string& name) {
  db::Scoped update(step.db.cached("UPDATE mailboxes SET name=? WHERE id=?"));
  update->text(1, name).bind(2, id);
  step.note(id, Notice::MailboxRenamed);
  return update->run();
}

ph::Status makeParents(Step& step, const std::string& name) {
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    const auto parent = name.substr(0, slash);
    const auto there = exists(step, parent);
    if (!there) return there.error();
    if (*there) continue;
    if (auto made = makeMailbox(step, parent, Use::None); !made) return made.error();
  }
  return {};
}

// A change that is one function.
class Call final : public Change {
 public:
  explicit Call(std::function<ph::Status(Step&)> call, bool dropsAcl = false)
      : call_(std::move(call)), dropsAcl_(dropsAcl) {}

  ph::Status prepare(Core& core, std::set<std::string>& folders) override {
    if (!dropsAcl_) return {};
    const auto acl = core.acl();
    if (!acl) return acl.error();
    return (*acl)->empty() ? ph::Status() : revocation_.prepare(core, folders);
  }
  ph::Status apply(Step& step) override {
    if (auto done = call_(step); !done) return done;
    return revocation_.apply(step);
  }
  void undo(Core& core) override { revocation_.undo(core); }
  void finish(Core& core) override { revocation_.finish(core); }

 private:
  const std::function<ph::Status(Step&)> call_;
  const bool dropsAcl_;
  Revocation revocation_;
};

// RFC 4314 4: CREATE and RENAME need "k" in the nearest parent that exists.
ph::Status mayMake(Step& step, const std::string& name, std::string_view viewer) {
  if (viewer.empty()) return {};
  for (auto slash = name.rfind('/'); slash != std::string::npos; slash = name.rfind('/', slash - 1)) {
    const auto parent = step.mailbox(std::string_view(name).substr(0, slash));
    if (!parent && parent.error().kind == ph::Kind::NotFound) continue;
    if (!parent) return parent.error();
    const auto has = rightsIn(step, (*parent)->id, viewer);
    if (!has) return has.error();
    if (*has & right::kCreate) return {};
    break;
  }
  return ph::Error{ph::Kind::Denied, "you may not make mailboxes there"};
}

ph::Error reserved() {
  return {ph::Kind::Invalid, "the name stands for the mailboxes of other users"};
}

ph::Status renameInbox(Step& step, const std::string& to) {
  const auto made = makeMailbox(step, to, Use::None);
  if (!made) return made.error();
  auto inbox = step.mailbox("INBOX");
  if (!inbox) return inbox.error();
  auto target = step.mailbox(*made);
  if (!target) return target.error();
  const auto rows = hotRows(step, (*inbox)->id, {UidRange{}}, 0);
  if (!rows) return rows.error();
  // RFC 5464 4.1: INBOX keeps its annotations, and the new mailbox gets them too.
  db::Scoped annotate(step.db.cached(
      "INSERT INTO annotations SELECT ?,entry,value,? FROM annotations WHERE mailbox=? AND value NOTNULL"));
  annotate->bind(1, *made).bind(2, step.modSeq).bind(3, (*inbox)->id);
  if (auto done = annotate->run(); !done) return done;
  Copied moved;
  if (auto done = putIn(step, **inbox, **target, *rows, moved); !done) return done;
  return takeOut(step, **inbox, *rows);
}

ph::Status renameOne(Step& step, const std::string& from, const std::string& to) {
  const auto mailbox = step.mailbox(from);
  if (!mailbox) return mailbox.error();
  if (to.compare(0, from.size() + 1, from + "/") == 0) return ph::Error{ph::Kind::Invalid, "cannot move into itself"};
  const auto below = children(step, from);
  if (!below) return below.error();
  if (auto done = makeParents(step, to); !done) return done;
  if (auto done = setName(step, (*mailbox)->id, to); !done) return done;
  for (const auto& [id, name] : *below) {
    const auto target = to + name.substr(from.size());
    if (target.size() > kMaxName) return ph::Error{ph::Kind::Invalid, "mailbox name is too long"};
    if (auto done = setName(step, id, target); !done) return done;
  }
  return {};
}

ph::Status deleteOne(Step& step, const std::string& name, std::string_view viewer, std::int64_t keepKeys,
                     std::vector<MessageId>& garbage) {
  auto mailbox = step.mailbox(name);
  if (!mailbox) return mailbox.error();
  if (auto may = checkRights(step, (*mailbox)->id, viewer, right::kDeleteMailbox); !may) return may;
  const auto below = children(step, name);
  if (!below) return below.error();
  if (!below->empty()) return ph::Error{ph::Kind::Conflict, name + " has mailboxes below it"};
  const auto id = (*mailbox)->id;
  const auto rows = hotRows(step, id, {UidRange{}}, 0);
  if (!rows) return rows.error();
  if (auto done = keepRemoved(step, **mailbox, *rows); !done) return done;
  {
    db::Scoped keep(
        step.db.cached("INSERT INTO removed_mailboxes SELECT id,name,use FROM mailboxes WHERE id=? AND EXISTS(SELECT 1 "
                       "FROM removed)"));
    keep->bind(1, id);
    if (auto done = keep->run(); !done) return done;
  }
  for (const char* sql : {"DELETE FROM messages WHERE mailbox=?", "DELETE FROM expunged WHERE mailbox=?",
                          "DELETE FROM mailbox_keywords WHERE mailbox=?", "DELETE FROM annotations WHERE mailbox=?",
                          "DELETE FROM acl WHERE mailbox=?", "DELETE FROM mailboxes WHERE id=?"}) {
    db::Scoped remove(step.db.cached(sql));
    remove->bind(1, id);
    if (auto done = remove->run(); !done) return done;
  }
  step.note(id, Notice::MailboxGone);
  return dropUnused(step, *rows, keepKeys, garbage);
}

}  // namespace

ph::Result<std::string> canonicalName(std::string_view name) {
  const auto invalid = [](const char* why) { return ph::Error{ph::Kind::Invalid, std::string("mailbox name ") + why}; };
  if (name.empty()) return invalid("is empty");
  if (name.size() > kMaxName) return invalid("is too long");
  if (name.front() == '/' || name.back() == '/' || name.find("//") != std::string_view::npos)
    return invalid("has an empty level");
  for (const unsigned char c : name)
    if (c < 0x20 || c == 0x7f) return invalid("has a control character");
  constexpr std::string_view kInbox = "INBOX";
  if (name.size() == kInbox.size() &&
      std::equal(name.begin(), name.end(), kInbox.begin(), [](char a, char b) { return (a & ~0x20) == b; }))
    return std::string(kInbox);
  return std::string(name);
}

ph::Result<MailboxId> makeMailbox(Step& step, const std::string& name, Use use) {
  if (ph::imap::isOtherUsers(name)) return reserved();
  const auto there = exists(step, name);
  if (!there) return there.error();
  if (*there) return ph::Error{ph::Kind::Conflict, "mailbox exists: " + name};
  const auto total = step.db.integer("SELECT count(*) FROM mailboxes");
  if (!total) return total.error();
  if (static_cast<std::size_t>(*total) >= kMaxMailboxes) return ph::Error{ph::Kind::Limit, "too many mailboxes"};
  if (auto done = makeParents(step, name); !done) return done.error();
  const auto validity = step.newUidValidity();
  if (!validity) return validity.error();
  db::Scoped insert(
      step.db.cached("INSERT INTO mailboxes(name,uidvalidity,uidnext,modseq,floor,messages,unseen,deleted,size,use) "
                     "VALUES(?,?,1,?,0,0,0,0,0,?) RETURNING id"));
  insert->text(1, name).bind(2, *validity).bind(3, step.modSeq).bind(4, static_cast<int>(use));
  const auto row = insert->step();
  if (!row) return row.error();
  const MailboxId id = insert->integer(0);
  if (const auto done = insert->step(); !done) return done.error();
  step.note(id, Notice::MailboxMade);
  if (auto done = inheritAcl(step, id, name); !done) return done.error();
  return id;
}

ph::Result<MailboxId> Account::createMailbox(std::string_view given, Use use, std::string_view viewer) {
  const auto name = canonicalName(given);
  if (!name) return name.error();
  MailboxId id = 0;
  Call job([&](Step& step) -> ph::Status {
    if (auto may = mayMake(step, *name, viewer); !may) return may;
    const auto made = makeMailbox(step, *name, use);
    if (!made) return made.error();
    id = *made;
    return {};
  });
  if (auto done = core_->commit(job); !done) return done.error();
  return id;
}

ph::Status Account::deleteMailbox(std::string_view given, std::string_view viewer) {
  const auto name = canonicalName(given);
  if (!name) return name.error();
  if (*name == "INBOX") return ph::Error{ph::Kind::Denied, "INBOX cannot be deleted"};
  std::vector<MessageId> garbage;
  const auto keepKeys = core_->options.keepDeliveryKeys;
  Call job([&](Step& step) { return deleteOne(step, *name, viewer, keepKeys, garbage); }, true);
  if (auto done = core_->commit(job); !done) return done;
  unlinkAll(*core_, garbage);
  return {};
}

ph::Status Account::renameMailbox(std::string_view givenFrom, std::string_view givenTo, std::string_view viewer) {
  const auto from = canonicalName(givenFrom);
  if (!from) return from.error();
  const auto to = canonicalName(givenTo);
  if (!to) return to.error();
  if (ph::imap::isOtherUsers(*to)) return reserved();
  if (*from == "INBOX" && !viewer.empty()) return ph::Error{ph::Kind::Denied, "INBOX is its owner's to rename"};
  Call job([&](Step& step) -> ph::Status {
    const auto source = step.mailbox(*from);
    if (!source) return source.error();
    if (auto may = checkRights(step, (*source)->id, viewer, right::kDeleteMailbox); !may) return may;
    if (auto may = mayMake(step, *to, viewer); !may) return may;
    const auto there = exists(step, *to);
    if (!there) return there.error();
    if (*there) return ph::Error{ph::Kind::Conflict, "mailbox exists: " + *to};
    return *from == "INBOX" ? renameInbox(step, *to) : renameOne(step, *from, *to);
  });
  return core_->commit(job);
}

ph::Result<std::size_t> Account::bumpUidValidity(std::string_view given) {
  std::string name;
  if (!given.empty()) {
    const auto canonical = canonicalName(given);
    if (!canonical) return canonical.error();
    name = *canonical;
  }
  std::vector<MailboxId> ids;
  Call job([&](Step& step) -> ph::Status {
    {
      db::Scoped row(step.db.cached("SELECT id FROM mailboxes WHERE ?1='' OR name=?1 ORDER BY id"));
      row->text(1, name);
      for (;;) {
        const auto found = row->step();
        if (!found) return found.error();
        if (!*found) break;
        ids.push_back(row->integer(0));
      }
    }
    if (ids.empty()) return ph::Error{ph::Kind::NotFound, "no such mailbox: " + name};
    for (const auto id : ids) {
      const auto validity = step.newUidValidity();
      if (!validity) return validity.error();
      db::Scoped change(step.db.cached("UPDATE mailboxes SET uidvalidity=? WHERE id=?"));
      change->bind(1, *validity).bind(2, id);
      if (auto done = change->run(); !done) return done;
    }
    return {};
  });
  if (auto done = core_->commit(job); !done) return done.error();
  return ids.size();
}

ph::Status Account::subscribe(std::string_view given, bool on) {
  const auto name = canonicalName(given);
  if (!name) return name.error();
  Call job([&](Step& step) -> ph::Status {
    const auto there = exists(step, *name);
    if (!there) return there.error();
    // Of mailboxes of others their own account knows.
    if (on && !*there && !ph::imap::isOtherUsers(*name))
      return ph::Error{ph::Kind::NotFound, "no such mailbox: " + *name};
    db::Scoped change(step.db.cached(on ? "INSERT OR IGNORE INTO subscriptions VALUES(?)"
                                        : "DELETE FROM subscriptions WHERE name=?"));
    change->text(1, *name);
    step.note(0, Notice::Subscription);
    return change->run();
  });
  return core_->commit(job);
}

ph::Status Account::setUse(std::string_view given, Use use) {
  const auto name = canonicalName(given);
  if (!name) return name.error();
  Call job([&](Step& step) -> ph::Status {
    const auto mailbox = step.mailbox(*name);
    if (!mailbox) return mailbox.error();
    db::Scoped change(step.db.cached("UPDATE mailboxes SET use=? WHERE id=?"));
    change->bind(1, static_cast<int>(use)).bind(2, (*mailbox)->id);
    step.note((*mailbox)->id, Notice::MailboxRenamed);
    return change->run();
  });
  return core_->commit(job);
}

}  // namespace posthouse::store
