#include "store/viewer.hpp"

#include <algorithm>

#include "ph/imap/mailbox_name.hpp"
#include "store/core.hpp"
#include "store/junk_flags.hpp"

namespace posthouse::store {
namespace {

constexpr Rights kMetadataRights = right::kRead | right::kSeen | right::kWrite | right::kInsert | right::kPost;
constexpr std::string_view kShared = "/shared/";
constexpr std::size_t kMaxCarried = 10'000;  // messages that go to another account at once

// RFC 4314 4, "Changing flags".
FlagLimit limitOf(Rights rights) {
  FlagLimit limit{0, (rights & right::kWrite) != 0};
  if (rights & right::kSeen) limit.flags |= kSeen;
  if (rights & right::kDeleteMessages) limit.flags |= kDeleted;
  if (rights & right::kWrite) limit.flags |= kAllFlags & ~(kSeen | kDeleted);
  return limit;
}

// What is not there and what is not seen are told in the same words.
ph::Status plain(ph::Status status) {
  if (!status && status.error().kind == ph::Kind::NotFound) return ph::Error{ph::Kind::NotFound, "no such mailbox"};
  return status;
}

ph::Error denied(const char* text) {
  return {ph::Kind::Denied, text};
}

// What a viewer may know of a mailbox.
void veil(Mailbox& m, Rights rights) {
  m.use = Use::None;
  m.subscribed = false;
  if (rights & right::kRead) return;
  m.uidNext = 1;
  m.messages = m.unseen = m.deleted = 0;
  m.size = 0;
  m.highestModSeq = 1;
  m.keywords.clear();
}

bool isShared(const Annotation& a) {
  return a.entry.compare(0, kShared.size(), kShared) == 0;
}

// A message that is opened when its bytes are wanted, and closed behind the last.
class Stored final : public Source {
 public:
  Stored(const Viewer& from, MessageId id, std::uint64_t size) : from_(from), id_(id), size_(size) {}
  ph::Result<std::size_t> read(char* to, std::size_t max) override {
    if (!file_) {
      auto file = from_.open(id_);
      if (!file) return file.error();
      file_.emplace(std::move(*file));
    }
    const auto got = file_->read(at_, to, max);
    if (got) at_ += *got;
    if (got && *got == 0) file_.reset();
    return got;
  }
  std::uint64_t size() const override { return size_; }

 private:
  const Viewer& from_;
  const MessageId id_;
  const std::uint64_t size_;
  std::optional<MessageFile> file_;
  std::uint64_t at_ = 0;
};

}  // namespace

// FNV-1a of the owner's name: the same for ever, wherever.
Viewer::Viewer(std::shared_ptr<Account> account, std::string name)
    : account_(std::move(account)), name_(std::move(name)) {
  if (isOwner()) return;
  realm_ = 0xcbf29ce484222325;
  for (const unsigned char c : account_->name()) realm_ = (realm_ ^ c) * 0x100000001b3;
  if (realm_ == 0) realm_ = 1;
}

ph::Result<Rights> Viewer::rights(MailboxId mailbox) const {
  if (isOwner()) return right::kAll;
  return account_->rights(mailbox, name_);
}

ph::Status Viewer::need(MailboxId mailbox, Rights needed, Rights shows) const {
  if (isOwner()) return {};
  const auto has = rights(mailbox);
  return has ? refusal(*has, needed, shows) : has.error();
}

ph::Result<std::vector<Mailbox>> Viewer::mailboxes() const {
  auto all = account_->mailboxes();
  if (!all || isOwner()) return all;
  const auto acl = account_->core().acl();
  if (!acl) return acl.error();
  std::vector<Mailbox> seen;
  for (auto& m : *all) {
    const auto has = m.exists ? (*acl)->rights(m.id, name_) : 0;
    if (!(has & right::kLookup)) continue;
    veil(m, has);
    m.hasChildren = false;
    seen.push_back(std::move(m));
  }
  for (auto& m : seen) {
    const auto below = m.name + "/";
    m.hasChildren = std::any_of(seen.begin(), seen.end(),
                                [&](const Mailbox& other) { return other.name.compare(0, below.size(), below) == 0; });
  }
  return seen;
}

ph::Result<Mailbox> Viewer::mailbox(std::string_view name) const {
  auto found = account_->mailbox(name);
  if (!found || isOwner()) return found;
  const auto has = rights(found->id);
  if (!has) return has.error();
  if (*has == 0) return ph::Error{ph::Kind::NotFound, "no such mailbox"};
  veil(*found, *has);
  return found;
}

ph::Result<MailboxId> Viewer::createMailbox(std::string_view name, Use use) const {
  return account_->createMailbox(name, isOwner() ? use : Use::None, name_);
}

ph::Status Viewer::deleteMailbox(std::string_view name) const {
  return plain(account_->deleteMailbox(name, name_));
}

ph::Status Viewer::renameMailbox(std::string_view from, std::string_view to) const {
  return plain(account_->renameMailbox(from, to, name_));
}

ph::Status Viewer::subscribe(std::string_view name, bool on) const {
  return isOwner() ? account_->subscribe(name, on) : denied("subscriptions are the owner's");
}

ph::Result<std::shared_ptr<const View>> Viewer::view(MailboxId mailbox) const {
  if (auto may = need(mailbox, right::kRead); !may) return may.error();
  return account_->view(mailbox);
}

ph::Result<Changes> Viewer::changesSince(MailboxId mailbox, ModSeq since) const {
  if (auto may = need(mailbox, right::kRead); !may) return may.error();
  return account_->changesSince(mailbox, since);
}

ph::Result<Batch> Viewer::query(MailboxId mailbox, Uid from, Uid to, std::uint32_t columns, std::size_t maxRows,
                                std::size_t maxBytes) const {
  if (auto may = need(mailbox, right::kRead); !may) return may.error();
  return account_->query(mailbox, from, to, columns, maxRows, maxBytes);
}

ph::Result<MessageFile> Viewer::open(MessageId id) const {
  if (isOwner()) return account_->open(id);
  const auto places = account_->mailboxesOf(id);
  if (!places) return places.error();
  for (const auto mailbox : *places) {
    const auto has = rights(mailbox);
    if (!has) return has.error();
    if (*has & right::kRead) return account_->open(id);
  }
  return ph::Error{ph::Kind::NotFound, "no such message"};
}

ph::Result<search::Candidates> Viewer::candidates(MailboxId mailbox, const std::vector<std::string>& words,
                                                  MessageId resume) const {
  if (auto may = need(mailbox, right::kRead); !may) return may.error();
  return account_->search().candidates(mailbox, words, resume);
}

ph::Result<Usage> Viewer::usage() const {
  if (!isOwner()) return denied("the quota is the owner's");
  return account_->usage();
}

// By id from here on: another mailbox may get the name meanwhile.
ph::Status Viewer::prepare(AppendRequest& request) const {
  if (isOwner()) return {};
  const auto target = mailbox(request.mailbox);
  if (!target) return target.error();
  if (auto may = need(target->id, right::kInsert); !may) return may;
  const auto has = rights(target->id);
  if (!has) return has.error();
  const auto limit = limitOf(*has);
  request.mailbox = target->name;
  request.mailboxId = target->id;
  request.createMailbox = false;
  request.flags.flags &= limit.flags;
  if (!limit.keywords) request.flags.keywords.clear();
  return {};
}

ph::Result<Appended> Viewer::append(AppendRequest request) const {
  if (auto may = prepare(request); !may) return may.error();
  return account_->append(request);
}

ph::Result<std::vector<Appended>> Viewer::appendAll(std::vector<AppendRequest> requests,
                                                    std::optional<Replaced> replaced) const {
  for (auto& request : requests)
    if (auto may = prepare(request); !may) return may.error();
  if (replaced)
    if (auto may = need(replaced->mailbox, right::kDeleteMessages | right::kExpunge); !may) return may.error();
  return account_->appendAll(requests, replaced);
}

ph::Result<FlagsChanged> Viewer::setFlags(MailboxId mailbox, const UidSet& uids, FlagChange change) const {
  if (!isOwner()) {
    if (auto may = need(mailbox, right::kRead); !may) return may.error();
    const auto has = rights(mailbox);
    if (!has) return has.error();
    change.limit = limitOf(*has);
    // RFC 4314 4: it fails only when nothing at all may be changed.
    const bool some = change.mode == FlagChange::Replace
                          ? change.limit.flags != 0
                          : (change.what.flags & change.limit.flags) != 0 ||
                                (!change.what.keywords.empty() && change.limit.keywords) ||
                                (change.what.flags == 0 && change.what.keywords.empty());
    if (!some) return denied("you may not change these flags");
    change.what.flags &= change.limit.flags;
    if (!change.limit.keywords) change.what.keywords.clear();
  }
  return account_->setFlags(mailbox, uids, change);
}

ph::Status Viewer::mayMove(MailboxId from, bool moving) const {
  // RFC 6851 4.2: as STORE, COPY and EXPUNGE together.
  return need(from, right::kRead | (moving ? right::kDeleteMessages | right::kExpunge : 0));
}

ph::Result<Copied> Viewer::copy(MailboxId from, const UidSet& uids, MailboxId to) const {
  return copyTo(*this, from, uids, to, false);
}

ph::Result<Copied> Viewer::move(MailboxId from, const UidSet& uids, MailboxId to) const {
  return copyTo(*this, from, uids, to, true);
}

ph::Result<Copied> Viewer::copyTo(const Viewer& target, MailboxId from, const UidSet& uids, MailboxId to,
                                  bool moving) const {
  if (auto may = mayMove(from, moving); !may) return may.error();
  if (auto may = target.need(to, right::kInsert); !may) return may.error();
  const auto has = target.rights(to);
  if (!has) return has.error();
  const auto keep = limitOf(*has);
  if (target.account_ == account_) {
    return moving ? account_->move(from, uids, to, keep) : account_->copy(from, uids, to, keep);
  }
  const auto mailbox = target.account_->mailbox(to);
  if (!mailbox) return mailbox.error();
  std::vector<Row> rows;
  for (const auto& range : uids) {
    for (Uid next = range.first; next != 0;) {
      auto batch = account_->query(from, next, range.last, kKeywords | kSize);
      if (!batch) return batch.error();
      for (auto& row : batch->rows) rows.push_back(std::move(row));
      if (rows.size() > kMaxCarried) return ph::Error{ph::Kind::Limit, "too many messages at once"};
      next = batch->next;
    }
  }
  Copied done;
  done.uidValidity = mailbox->uidValidity;
  if (rows.empty()) return done;
  std::vector<Stored> sources;
  sources.reserve(rows.size());
  std::vector<AppendRequest> requests(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& request = requests[i];
    sources.emplace_back(*this, rows[i].id, rows[i].size);
    request.mailbox = mailbox->name;
    request.mailboxId = to;
    request.source = &sources.back();
    request.flags.flags = rows[i].flags & keep.flags;
    if (keep.keywords) request.flags.keywords = splitKeywords(rows[i].keywords);
    request.date = rows[i].date;
    request.zone = rows[i].zone;
  }
  const auto appended = target.account_->appendAll(requests, {});
  if (!appended) return appended.error();
  UidSet copied;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    done.uids.emplace_back(rows[i].uid, (*appended)[i].uid);
    done.modSeq = (*appended)[i].modSeq;
    copied.push_back({rows[i].uid, rows[i].uid});
  }
  if (!moving) return done;
  const auto gone = account_->expunge(from, copied, true);
  if (!gone) return ph::Error{gone.error().kind, "copied, but not taken away: " + gone.error().text};
  return done;
}

ph::Result<Expunged> Viewer::expunge(MailboxId mailbox, const UidSet& uids) const {
  if (auto may = need(mailbox, right::kRead | right::kExpunge); !may) return may.error();
  return account_->expunge(mailbox, uids);
}

ph::Result<std::vector<Annotation>> Viewer::annotations(MailboxId mailbox) const {
  if (isOwner()) return account_->annotations(mailbox);
  const auto has = rights(mailbox);
  if (!has) return has.error();
  if (auto may = refusal(*has, right::kLookup); !may) return may.error();
  if (!(*has & kMetadataRights)) return denied("you may not read this mailbox");
  auto all = account_->annotations(mailbox);
  if (all) std::erase_if(*all, [](const Annotation& a) { return !isShared(a); });
  return all;
}

ph::Result<std::vector<Annotation>> Viewer::annotationsSince(ModSeq since) const {
  auto all = account_->annotationsSince(since);
  if (!all || isOwner()) return all;
  std::erase_if(*all, [&](const Annotation& a) {
    const auto has = rights(a.mailbox).valueOr(0);
    return !isShared(a) || !(has & right::kLookup) || !(has & kMetadataRights);
  });
  return all;
}

ph::Status Viewer::annotate(MailboxId mailbox, const std::vector<Annotation>& changes) const {
  if (!isOwner()) {
    if (auto may = need(mailbox, right::kLookup | right::kWrite, right::kLookup); !may) return may;
    if (!std::all_of(changes.begin(), changes.end(), isShared))
      return ph::Error{ph::Kind::Invalid, "there are no private annotations of others' mailboxes"};
  }
  return account_->annotate(mailbox, changes);
}

ph::Result<AclEntries> Viewer::acl(MailboxId mailbox) const {
  if (auto may = need(mailbox, right::kAdminister, right::kLookup); !may) return may.error();
  return account_->acl(mailbox);
}

ph::Status Viewer::setAcl(MailboxId mailbox, const std::string& identifier, AclMode mode, Rights rights) const {
  return account_->setAcl(mailbox, identifier, mode, rights, name_);
}

std::uint64_t Viewer::watch(std::function<void(const Notice&)> callback) const {
  if (isOwner()) return account_->watch(std::move(callback));
  // Not the account itself: it would hold itself.
  return account_->watch([account = account_.get(), name = name_, callback = std::move(callback)](const Notice& n) {
    constexpr std::uint32_t kAlways = Notice::Rights | Notice::MailboxGone;
    const bool heard =
        (n.kind & kAlways) != 0 || (account->rights(n.mailbox, name).valueOr(0) & (right::kLookup | right::kRead)) != 0;
    if (heard) callback(n);
  });
}

}  // namespace posthouse::store
