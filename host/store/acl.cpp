// Access control lists: reading, combining, setting, and what proves them; see acl.hpp.
#include "store/acl.hpp"

#include <algorithm>
#include <charconv>

#include "log/log.hpp"
#include "store/account.hpp"
#include "store/core.hpp"

namespace posthouse::store {
namespace {

constexpr std::string_view kFile = "acl.";
constexpr std::int64_t kMaxInAll = 20'000;  // entries of an account: all are in memory
const log::Log kLog("store");

ph::Status checkLimit(Step& step) {
  const auto all = step.db.integer("SELECT count(*) FROM acl WHERE mailbox<>0");
  if (!all) return all.error();
  if (*all > kMaxInAll) return ph::Error{ph::Kind::Limit, "too many entries in the account's access control lists"};
  return {};
}

ph::Result<AclEntries> entriesIn(Step& step, MailboxId mailbox) {
  AclEntries out;
  db::Scoped row(step.db.cached("SELECT identifier,rights FROM acl WHERE mailbox=? ORDER BY identifier"));
  row->bind(1, mailbox);
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return out;
    out.push_back({std::string(row->bytes(0)), static_cast<Rights>(row->integer(1))});
  }
}

Rights changed(Rights old, AclMode mode, Rights rights) {
  return mode == AclMode::Add ? old | rights : mode == AclMode::Remove ? old & ~rights : rights;
}

class SetAcl final : public Change {
 public:
  SetAcl(MailboxId mailbox, const std::string& identifier, AclMode mode, Rights rights, std::string_view viewer)
      : mailbox_(mailbox), identifier_(identifier), mode_(mode), rights_(rights), viewer_(viewer) {}

  ph::Status prepare(Core& core, std::set<std::string>& folders) override {
    const auto acl = core.acl();
    if (!acl) return acl.error();
    // What was never committed by itself is in no copy.
    Rights old = 0;
    for (const auto& e : (*acl)->of(mailbox_))
      if (e.identifier == identifier_) old = e.rights;
    const Rights next = changed(old, mode_, rights_);
    const bool takes = identifier_.front() == '-' ? (next & ~old) != 0 : (old & ~next) != 0;
    return takes ? revocation_.prepare(core, folders) : ph::Status();
  }

  ph::Status apply(Step& step) override {
    if (const auto mailbox = step.mailbox(mailbox_); !mailbox) return mailbox.error();
    if (auto may = checkRights(step, mailbox_, viewer_, right::kAdminister); !may) return may;
    const auto entries = entriesIn(step, mailbox_);
    if (!entries) return entries.error();
    const auto known =
        std::find_if(entries->begin(), entries->end(), [&](const AclEntry& e) { return e.identifier == identifier_; });
    const Rights next = changed(known == entries->end() ? 0 : known->rights, mode_, rights_);
    if (known == entries->end() && next != 0 && entries->size() >= Account::kMaxAclEntries)
      return ph::Error{ph::Kind::Limit, "too many entries in the access control list"};
    db::Scoped set(step.db.cached(next != 0 ? "INSERT INTO acl VALUES(?1,?2,?3) ON CONFLICT(mailbox,identifier) DO "
                                              "UPDATE SET rights=excluded.rights"
                                            : "DELETE FROM acl WHERE mailbox=?1 AND identifier=?2"));
    set->bind(1, mailbox_).text(2, identifier_);
    if (next != 0) set->bind(3, next);
    if (auto done = set->run(); !done) return done;
    if (auto done = checkLimit(step); known == entries->end() && !done) return done;
    step.note(mailbox_, Notice::Rights);
    return revocation_.apply(step);
  }

  void undo(Core& core) override { revocation_.undo(core); }
  void finish(Core& core) override { revocation_.finish(core); }

 private:
  const MailboxId mailbox_;
  const std::string& identifier_;
  const AclMode mode_;
  const Rights rights_;
  const std::string_view viewer_;
  Revocation revocation_;
};

std::int64_t numberOf(std::string_view file) {
  std::int64_t number = 0;
  if (file.substr(0, kFile.size()) != kFile) return 0;
  file.remove_prefix(kFile.size());
  const auto [end, error] = std::from_chars(file.data(), file.data() + file.size(), number);
  return error == std::errc() && end == file.data() + file.size() ? number : 0;
}

std::string pathOf(const Core& core, std::int64_t number) {
  return core.folder + "/" + std::string(kFile) + std::to_string(number);
}

}  // namespace

Rights rightsOf(const AclEntries& entries, std::string_view viewer) {
  Rights given = 0, taken = 0;
  for (const auto& e : entries) {
    const std::string_view identifier = e.identifier;
    const bool negative = identifier.front() == '-';
    const auto who = identifier.substr(negative ? 1 : 0);
    if (who == viewer || who == kAnyone) (negative ? taken : given) |= e.rights;
  }
  return given & ~taken;
}

ph::Result<std::shared_ptr<const Acl>> Acl::read(db::Database& index) {
  auto acl = std::make_shared<Acl>();
  db::Scoped row(
      index.cached("SELECT mailbox,identifier,rights FROM acl WHERE mailbox<>0 ORDER BY mailbox,identifier"));
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return std::shared_ptr<const Acl>(std::move(acl));
    acl->lists_[row->integer(0)].push_back({std::string(row->bytes(1)), static_cast<Rights>(row->integer(2))});
  }
}

const AclEntries& Acl::of(MailboxId mailbox) const {
  static const AclEntries kNone;
  const auto it = lists_.find(mailbox);
  return it == lists_.end() ? kNone : it->second;
}

std::set<std::string> Acl::grantees() const {
  std::set<std::string> out;
  for (const auto& [mailbox, entries] : lists_)
    for (const auto& e : entries)
      if (e.identifier.front() != '-') out.insert(e.identifier);
  return out;
}

ph::Result<Rights> rightsIn(Step& step, MailboxId mailbox, std::string_view viewer) {
  if (viewer.empty()) return right::kAll;
  const auto entries = entriesIn(step, mailbox);
  if (!entries) return entries.error();
  return rightsOf(*entries, viewer);
}

ph::Status refusal(Rights has, Rights needed, Rights shows) {
  if ((needed & ~has) == 0) return {};
  if ((has & shows) == 0) return ph::Error{ph::Kind::NotFound, "no such mailbox"};
  return ph::Error{ph::Kind::Denied, "the mailbox's owner has not given you the right to do this"};
}

ph::Status checkRights(Step& step, MailboxId mailbox, std::string_view viewer, Rights needed) {
  const auto has = rightsIn(step, mailbox, viewer);
  return has ? refusal(*has, needed) : has.error();
}

ph::Status inheritAcl(Step& step, MailboxId mailbox, const std::string& name) {
  const auto slash = name.rfind('/');
  if (slash == std::string::npos) return {};
  const std::string parent = name.substr(0, slash);
  db::Scoped copy(
      step.db.cached("INSERT INTO acl SELECT ?1,identifier,rights FROM acl WHERE mailbox=(SELECT id FROM mailboxes "
                     "WHERE name=?2)"));
  copy->bind(1, mailbox).text(2, parent);
  if (auto done = copy->run(); !done) return done;
  if (step.db.changes() == 0) return {};
  step.note(mailbox, Notice::Rights);
  return checkLimit(step);
}

ph::Status Revocation::prepare(Core& core, std::set<std::string>& folders) {
  const auto number = core.newId();
  if (!number) return number.error();
  const auto file = core.env.open(pathOf(core, *number), env::Open::CreateNew);
  if (!file) return file.error();
  number_ = *number;
  folders.insert(core.folder);
  return {};
}

ph::Status Revocation::apply(Step& step) {
  if (number_ == 0) return {};
  db::Scoped set(
      step.db.cached("INSERT INTO acl VALUES(0,'',?) ON CONFLICT(mailbox,identifier) DO UPDATE SET rights=max(rights,"
                     "excluded.rights)"));
  set->bind(1, number_);
  return set->run();
}

void Revocation::undo(Core& core) {
  if (number_ != 0) (void)core.env.unlink(pathOf(core, number_));
  number_ = 0;
}

// Older ones prove nothing that this one does not.
void Revocation::finish(Core& core) {
  if (number_ == 0) return;
  const auto names = core.env.list(core.folder);
  if (!names) return;
  for (const auto& name : *names)
    if (const auto number = numberOf(name); number != 0 && number < number_)
      (void)core.env.unlink(core.folder + "/" + name);
}

ph::Result<bool> dropUnprovenAcl(db::Database& index, env::Env& env, const std::string& folder) {
  const auto names = env.list(folder);
  if (!names) return names.error();
  std::int64_t newest = 0;
  for (const auto& name : *names) newest = std::max(newest, numberOf(name));
  const auto known = index.integer("SELECT ifnull((SELECT rights FROM acl WHERE mailbox=0),0)");
  if (!known) return known.error();
  if (*known >= newest) return false;
  const auto lists = index.integer("SELECT count(*) FROM acl WHERE mailbox<>0");
  if (!lists) return lists.error();
  if (auto done = index.exec("DELETE FROM acl"); !done) return done.error();
  db::Scoped set(index.cached("INSERT INTO acl VALUES(0,'',?)"));
  set->bind(1, newest);
  if (auto done = set->run(); !done) return done.error();
  return *lists > 0;
}

ph::Result<AclEntries> Account::acl(MailboxId mailbox) {
  const auto all = core_->acl();
  if (!all) return all.error();
  return (*all)->of(mailbox);
}

ph::Result<Rights> Account::rights(MailboxId mailbox, std::string_view viewer) {
  const auto all = core_->acl();
  if (!all) return all.error();
  return (*all)->rights(mailbox, viewer);
}

ph::Status Account::setAcl(MailboxId mailbox, const std::string& identifier, AclMode mode, Rights rights,
                           std::string_view viewer) {
  if (identifier.empty() || identifier == "-") return ph::Error{ph::Kind::Invalid, "an identifier is missing"};
  if (identifier.substr(identifier.front() == '-' ? 1 : 0) == core_->name)
    return ph::Error{ph::Kind::Conflict, "the owner always has all rights"};
  // Who may grant something is known before others may hear of it.
  if (!viewer.empty()) {
    const auto has = this->rights(mailbox, viewer);
    if (!has) return has.error();
    if (auto may = refusal(*has, right::kAdminister); !may) return may;
  }
  SetAcl job(mailbox, identifier, mode, rights & right::kAll, viewer);
  const bool grants = mode != AclMode::Remove && rights != 0 && identifier.front() != '-';
  const auto commit = [&] { return core_->commit(job); };
  auto done = grants && core_->sharing ? core_->sharing(identifier, commit) : commit();
  if (done) {
    const char* how = mode == AclMode::Add ? "+" : mode == AclMode::Remove ? "-" : "";
    kLog.info("rights changed", {{"account", core_->name},
                                 {"mailbox", std::to_string(mailbox)},
                                 {"identifier", identifier},
                                 {"rights", how + ph::imap::rightsText(rights)},
                                 {"by", viewer.empty() ? core_->name : std::string(viewer)}});
  }
  return done;
}

}  // namespace posthouse::store
