#include "notify/notifier.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "mailbox_lookup.hpp"
#include "metadata.hpp"
#include "ph/imap/mailbox_name.hpp"
#include "status_items.hpp"

namespace ph_imap {

namespace {

constexpr size_t kMaxEvents = 10'000;
constexpr size_t kMaxOutput = 128 * 1024;
constexpr uint32_t kUnknown = UINT32_MAX;

// nullptr: nothing of that name is there.
template <class Names>
const ph::MailboxInfo* find(const Names& all, const std::string& name) {
  const auto found = all.find(name);
  return found == all.end() ? nullptr : found->second;
}

// Unsolicited LIST, RFC 5465 5.4, 5.5. `m` may be missing: nothing of that name is there.
void writeList(Session& s, const std::string& name, const ph::MailboxInfo* m, const std::string& oldName) {
  std::string attributes = !m || !m->exists ? "\\NonExistent" : m->has_children ? "\\HasChildren" : "\\HasNoChildren";
  if (m && m->subscribed) attributes += " \\Subscribed";
  for (const auto& use : kUses) {
    if (m && (m->use & use.bit)) attributes.append(" ").append(use.name);
  }
  auto w = s.out();
  w.raw("* LIST (").raw(attributes).raw(") \"/\" ").mailbox(name);
  if (!oldName.empty()) w.raw(" (\"OLDNAME\" (").mailbox(oldName).raw("))");
  w.raw("\r\n");
}

ph::Account::Ranges without(uint32_t first, uint32_t last, const ph::imap::NumberSet& own) {
  ph::Account::Ranges out;
  for (const auto& r : own.ranges()) {
    if (r.last < first || r.first > last) continue;
    if (r.first > first) out.push_back({first, r.first - 1});
    first = r.last + 1;
  }
  if (first <= last) out.push_back({first, last});
  return out;
}

}  // namespace

Notifier::Notifier(Session& s, NotifyRequest request, const Notifier* before)
    : request_(std::move(request)), host_(s.host()), account_(s.account()), session_(s.id()) {
  // First the watch, then the first look: no change falls between.
  if (account_.api().watch(account_.raw(), &Notifier::changed, this, &watch_) != PH_OK) watch_ = 0;
  if (s.selected()) {
    fetchedMailbox_ = s.selected()->key();
    fetchedUid_ = s.selected()->lastUid();
  }
  if (before) {
    known_ = before->known_;
    goneSubscriptions_ = before->goneSubscriptions_;
    metadataModseq_ = before->metadataModseq_;
    dirty_ = true;
    return;
  }
  if (const auto all = account_.mailboxes()) {
    for (const auto& m : *all) {
      if (m.exists) {
        known_[m.id] = {m.name_, m.uidvalidity, m.uidnext, m.messages, m.unseen, m.highestmodseq, m.subscribed != 0};
      } else {
        goneSubscriptions_.insert(m.name_);
      }
    }
  }
  if (const auto metadata = account_.annotationsSince(0)) {
    for (const auto& a : *metadata) metadataModseq_ = std::max(metadataModseq_, a.modseq);
  }
}

// The selected mailbox may be another account's.
void Notifier::follow(Session& s) {
  const auto wanted = s.selected() && !s.selected()->isOwn() ? s.selected()->sharedAccount() : nullptr;
  if (wanted == followed_) return;
  if (followedWatch_ != 0) followed_->api().unwatch(followed_->raw(), std::exchange(followedWatch_, 0));
  followed_ = wanted;
  if (followed_ && followed_->api().watch(followed_->raw(), &Notifier::changed, this, &followedWatch_) != PH_OK)
    followedWatch_ = 0;
}

Notifier::~Notifier() {
  if (followedWatch_ != 0) followed_->api().unwatch(followed_->raw(), followedWatch_);
  if (watch_ != 0) account_.api().unwatch(account_.raw(), watch_);
}

// Any thread.
void Notifier::changed(void* self, uint64_t, uint64_t) {
  auto& n = *static_cast<Notifier*>(self);
  n.dirty_ = true;
  n.host_.session->wake(n.host_.raw(), n.session_);
}

void Notifier::own(const MailboxKey& mailbox, const ph::imap::NumberSet& uids) {
  if (!(mailbox == fetchedMailbox_)) return;
  for (const auto& r : uids.ranges()) own_.addRange(r.first, r.last);
}

void Notifier::selects(const Selected* left, const Selected* next) {
  const auto old = known_.find(left && left->isOwn() ? left->mailboxId() : 0);
  if (left && old != known_.end()) {
    old->second.uidValidity = left->uidValidity();
    old->second.uidNext = left->highestUid() + 1;
    old->second.messages = left->count();
    old->second.unseen = kUnknown;
    old->second.modseq = left->modseq();
    dirty_ = true;
  }
  fetchedMailbox_ = next ? next->key() : MailboxKey();
  fetchedUid_ = next ? next->lastUid() : 0;
  own_ = {};
}

Step Notifier::tell(Session& s, Expunges delayed) {
  if (s.outputFull()) return Step::Output;
  follow(s);
  const Step step = tellSelected(s, delayed);
  busy_ = step == Step::Output;
  if (step != Step::Answered) return step;
  if (dirty_.exchange(false)) look(s);
  return Step::Answered;
}

Step Notifier::tellSelected(Session& s, Expunges delayed) {
  if (fetching_) {
    if (const Step step = fetching_->step(s); step != Step::Answered) return step;
    fetching_.reset();
  }
  if (!s.selected() || request_.selected == 0) return Step::Answered;
  const auto told = s.showChanges(request_.delayed ? delayed : Expunges::Allowed);
  if (!told) return Step::Close;
  if (*told == Told::Part) return Step::Output;
  const uint32_t last = s.selected()->lastUid();
  if (last <= fetchedUid_) return Step::Answered;
  const uint32_t from = std::exchange(fetchedUid_, last);
  const auto own = std::exchange(own_, {});
  if (request_.items.empty()) return Step::Answered;
  FetchPlan plan;
  plan.items = request_.items;
  plan.ranges = without(from + 1, last, own);
  if (plan.ranges.empty()) return Step::Answered;
  plan.isNotice = true;
  fetching_ = std::make_unique<FetchTask>(std::move(plan));
  const Step step = fetching_->step(s);
  if (step == Step::Answered) fetching_.reset();
  return step;
}

void Notifier::look(Session& s) {
  const auto all = account_.mailboxes();
  if (!all) return;
  Mailboxes next;
  Names names;
  for (const auto& m : *all) {
    names.emplace(m.name_, &m);
    if (!m.exists) continue;
    next[m.id] = {m.name_, m.uidvalidity, m.uidnext, m.messages, m.unseen, m.highestmodseq, m.subscribed != 0};
  }
  std::string before;
  before.swap(s.buffer());
  named_.clear();
  events_ = 0;
  compareNames(s, next, names);
  compareSubscriptions(s, next, names);
  compareContents(s, next, *all);
  compareMetadata(s, next);
  known_ = std::move(next);
  // RFC 5465 5.8.
  over_ = events_ > kMaxEvents || s.buffer().size() > kMaxOutput;
  if (over_) s.buffer() = "* OK [NOTIFICATIONOVERFLOW] too much happened; notifications are off\r\n";
  s.buffer().insert(0, before);
}

void Notifier::tellName(Session& s, const Names& all, const std::string& name, const std::string& oldName) {
  const auto* m = find(all, name);
  const uint32_t events = request_.eventsOf(name, m && m->subscribed) |
                          (oldName.empty() ? 0 : request_.eventsOf(oldName, m && m->subscribed));
  if (!(events & kMailboxName) || !named_.insert(name).second) return;
  ++events_;
  writeList(s, name, m, oldName);
}

void Notifier::compareNames(Session& s, const Mailboxes& next, const Names& all) {
  if (!request_.wants(kMailboxName)) return;
  std::vector<std::pair<const std::string*, const std::string*>> renamed;  // old, new
  for (const auto& [id, m] : next) {
    const auto old = known_.find(id);
    if (old != known_.end() && old->second.name != m.name) renamed.emplace_back(&old->second.name, &m.name);
  }
  std::sort(renamed.begin(), renamed.end(), [](const auto& a, const auto& b) { return *a.first < *b.first; });
  // RFC 5465 5.4: children that went along are no event of their own.
  std::set<std::string> moved;
  for (const auto& [from, to] : renamed) {
    bool along = false;
    for (auto up = ph::imap::parentMailbox(*from); !up.empty() && !along; up = ph::imap::parentMailbox(up)) {
      along = moved.count(std::string(up)) != 0;
    }
    moved.insert(*from);
    if (!along) tellName(s, all, *to, *from);
  }
  const auto tellWithParent = [&](const std::string& name) {
    tellName(s, all, name);
    if (const auto parent = ph::imap::parentMailbox(name); !parent.empty()) tellName(s, all, std::string(parent));
  };
  for (const auto& [id, m] : next) {
    if (known_.count(id) == 0) tellWithParent(m.name);
  }
  for (const auto& [id, m] : known_) {
    if (next.count(id) == 0) tellWithParent(m.name);
  }
}

void Notifier::compareSubscriptions(Session& s, const Mailboxes& next, const Names& all) {
  std::set<std::string> gone, was, is;
  for (const auto& [name, m] : all) {
    if (!m->exists) gone.emplace(name);
  }
  for (const auto& [id, m] : known_) {
    if (m.subscribed) was.insert(m.name);
  }
  for (const auto& [id, m] : next) {
    if (m.subscribed) is.insert(m.name);
  }
  was.merge(std::exchange(goneSubscriptions_, gone));
  is.merge(gone);
  if (!request_.wants(kSubscriptionChange)) return;
  std::vector<std::string> differ;
  std::set_symmetric_difference(was.begin(), was.end(), is.begin(), is.end(), std::back_inserter(differ));
  for (const std::string& name : differ) {
    // "subscribed" takes in what was or is.
    if (!(request_.eventsOf(name, true) & kSubscriptionChange) || !named_.insert(name).second) continue;
    ++events_;
    writeList(s, name, find(all, name), {});
  }
}

// What a client takes a mailbox for that came since the last look: empty, or still the one that had its name before.
Notifier::Known Notifier::asNew(const ph::MailboxInfo& m) const {
  const auto same = std::find_if(known_.begin(), known_.end(), [&](const auto& k) { return k.second.name == m.name_; });
  return {m.name_, same == known_.end() ? m.uidvalidity : same->second.uidValidity, 1, 0, 0, m.highestmodseq};
}

// RFC 5465 5.1, 5.2, 5.3.
void Notifier::compareContents(Session& s, const Mailboxes& next, const std::vector<ph::MailboxInfo>& all) {
  const uint64_t selected = s.selected() && s.selected()->isOwn() ? s.selected()->mailboxId() : 0;
  for (const auto& info : all) {
    const auto m = next.find(info.id);
    if (!info.exists || m == next.end() || info.id == selected) continue;
    const uint32_t events = request_.eventsOf(info.name_, info.subscribed != 0);
    const auto old = known_.find(info.id);
    const Known a = old == known_.end() ? asNew(info) : old->second, &b = m->second;
    const bool other = a.uidValidity != b.uidValidity;
    const bool messages = a.messages != b.messages || a.uidNext != b.uidNext || other;
    const bool flags = (events & kFlagChange) && a.modseq != b.modseq && (a.unseen != b.unseen || s.condstore());
    if (!(messages && (events & kMessageEvents)) && !flags) continue;
    std::vector<std::string> items;
    if (messages) items = {"UIDNEXT", "MESSAGES"};
    if ((events & kFlagChange) || other) items.emplace_back("UIDVALIDITY");
    if (events & kFlagChange) items.emplace_back("UNSEEN");
    if (s.condstore()) items.emplace_back("HIGHESTMODSEQ");
    ++events_;
    writeStatus(s, info, items, false);
  }
}

// RFC 5465 5.6, 5.7, RFC 5464 4.4.2.
void Notifier::compareMetadata(Session& s, const Mailboxes& next) {
  if (!request_.wants(kMailboxMetadata | kServerMetadata)) return;
  const auto changed = account_.annotationsSince(metadataModseq_);
  if (!changed) return;
  std::map<uint64_t, std::vector<std::string>> entries;
  for (const auto& a : *changed) {
    metadataModseq_ = std::max(metadataModseq_, a.modseq);
    entries[a.mailboxId].push_back(a.entry);
  }
  for (const auto& [id, names] : entries) {
    const auto m = next.find(id);
    if (id == 0 ? !request_.wants(kServerMetadata)
                : m == next.end() || !(request_.eventsOf(m->second.name, m->second.subscribed) & kMailboxMetadata)) {
      continue;
    }
    events_ += names.size();
    writeChangedEntries(s, id == 0 ? std::string() : m->second.name, names);
  }
}

}  // namespace ph_imap
