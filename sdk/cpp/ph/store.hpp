// An account's store with self-releasing handles. The contracts are those of ph/draft/host/store.h: reading calls are
// quick, writing calls return when the change is on disk and belong on Pool::Disk.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "ph/host.hpp"
#include "ph/message.hpp"

namespace ph {

// A mailbox's UIDs at one MODSEQ.
class View {
 public:
  View() = default;
  View(const Host& host, ph_view* raw) : api_(host.store), raw_(raw) {}
  View(View&& o) noexcept : api_(o.api_), raw_(std::exchange(o.raw_, nullptr)) {}
  View& operator=(View&& o) noexcept {
    std::swap(api_, o.api_);
    std::swap(raw_, o.raw_);
    return *this;
  }
  ~View() {
    if (raw_) api_->release_view(raw_);
  }
  explicit operator bool() const { return raw_ != nullptr; }
  uint64_t modseq() const { return api_->view_modseq(raw_); }
  uint32_t count() const { return api_->view_count(raw_); }
  uint32_t uid(uint32_t seq) const { return api_->view_uid(raw_, seq); }
  uint32_t seq(uint32_t uid) const { return api_->view_seq(raw_, uid); }
  uint32_t below(uint32_t uid) const { return api_->view_below(raw_, uid); }

 private:
  const ph_store* api_ = nullptr;
  ph_view* raw_ = nullptr;
};

// A mailbox's properties, owning its strings.
struct MailboxInfo : ph_mailbox_info {
  explicit MailboxInfo(const ph_mailbox_info& i)
      : ph_mailbox_info(i), name_(view(i.name)), keywords_(view(i.keywords)) {}
  std::string name_;
  std::string keywords_;
};

// An annotation of a mailbox or of the account (mailbox 0), RFC 5464.
struct Annotation {
  uint64_t mailboxId = 0;
  std::string entry;
  std::optional<std::string> value;  // nothing: removed
  uint64_t modseq = 0;
};

// An entry of an access control list, RFC 4314.
struct AclEntry {
  std::string identifier;
  uint32_t rights = 0;  // PH_RIGHT_*
};

class Account {
 public:
  using Ranges = std::vector<ph_range>;

  Account() = default;
  static Result<Account> open(const Host& host, std::string_view name) {
    ph_account* raw = nullptr;
    const ph_status s = host.store->open_account(host.raw(), str(name), &raw);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "the account can't be opened"};
    return Account(host, raw);
  }
  // The account of `owner` as `viewer` may use it.
  static Result<Account> openShared(const Host& host, std::string_view owner, std::string_view viewer) {
    ph_account* raw = nullptr;
    const ph_status s = host.store->open_shared(host.raw(), str(owner), str(viewer), &raw);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "no such mailbox"};
    return Account(host, raw);
  }
  // Accounts that perhaps share something with `viewer`.
  static std::vector<std::string> sharers(const Host& host, std::string_view viewer) {
    std::vector<std::string> out;
    (void)host.store->sharers(
        host.raw(), str(viewer),
        [](void* ctx, ph_str name) -> int32_t {
          static_cast<std::vector<std::string>*>(ctx)->emplace_back(view(name));
          return 0;
        },
        &out);
    return out;
  }
  Account(Account&& o) noexcept : host_(o.host_), api_(o.api_), raw_(std::exchange(o.raw_, nullptr)) {}
  Account& operator=(Account&& o) noexcept {
    std::swap(host_, o.host_);
    std::swap(api_, o.api_);
    std::swap(raw_, o.raw_);
    return *this;
  }
  ~Account() {
    if (raw_) api_->release_account(raw_);
  }
  explicit operator bool() const { return raw_ != nullptr; }
  ph_account* raw() const { return raw_; }
  const ph_store& api() const { return *api_; }

  Result<std::vector<MailboxInfo>> mailboxes() const {
    std::vector<MailboxInfo> out;
    const ph_status s = api_->mailboxes(
        raw_,
        [](void* ctx, const ph_mailbox_info* m) -> int32_t {
          static_cast<std::vector<MailboxInfo>*>(ctx)->emplace_back(*m);
          return 0;
        },
        &out);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "the mailboxes can't be listed"};
    return out;
  }
  Result<MailboxInfo> mailbox(std::string_view name) const {
    auto info = sized<ph_mailbox_info>();
    const ph_status s = api_->mailbox(raw_, str(name), &info);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "no such mailbox"};
    return MailboxInfo(info);
  }
  Result<View> mailboxView(uint64_t mailboxId) const {
    ph_view* v = nullptr;
    const ph_status s = api_->view(raw_, mailboxId, &v);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "the mailbox is gone"};
    return View(*host_, v);
  }
  Result<Message> message(uint64_t id) const {
    ph_message* m = nullptr;
    const ph_status s = api_->open(raw_, id, &m);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "the message can't be opened"};
    return Message(*host_, m);
  }

  Result<ph_usage> usage() const {
    auto out = sized<ph_usage>();
    const ph_status s = api_->usage(raw_, &out);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "the account can't be read"};
    return out;
  }

  Result<std::vector<Annotation>> annotations(uint64_t mailboxId) const {
    std::vector<Annotation> out;
    const ph_status s = api_->annotations(raw_, mailboxId, &keepAnnotation, &out);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "the annotations can't be read"};
    return out;
  }
  // What was set or removed after `since`, without values: an empty one for what is set.
  Result<std::vector<Annotation>> annotationsSince(uint64_t since) const {
    std::vector<Annotation> out;
    const ph_status s = api_->annotations_since(raw_, since, &keepAnnotation, &out);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "the annotations can't be read"};
    return out;
  }

  // PH_RIGHT_* of who opened the account; 0 when they can't be told.
  uint32_t rights(uint64_t mailboxId) const {
    uint32_t out = 0;
    return api_->rights(raw_, mailboxId, &out) == PH_OK ? out : 0;
  }
  Result<std::vector<AclEntry>> acl(uint64_t mailboxId) const {
    std::vector<AclEntry> out;
    const ph_status s = api_->acl(
        raw_, mailboxId,
        [](void* ctx, const ph_acl_entry* e) -> int32_t {
          static_cast<std::vector<AclEntry>*>(ctx)->push_back({std::string(view(e->identifier)), e->rights});
          return 0;
        },
        &out);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "the access control list can't be read"};
    return out;
  }
  struct PossibleRights {
    uint32_t always = 0, possible = 0;
  };
  Result<PossibleRights> listRights(uint64_t mailboxId, std::string_view identifier) const {
    PossibleRights out;
    const ph_status s = api_->list_rights(raw_, mailboxId, str(identifier), &out.always, &out.possible);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "no such identifier"};
    return out;
  }

  // each(const ph_change&) for every change after `since`.
  template <class F>
  Status changes(uint64_t mailboxId, uint64_t since, F&& each) const {
    return toStatus(api_->changes(raw_, mailboxId, since, &eachChange<F>, ctxOf(each)));
  }

  // One batch; each(const ph_row&). Gives where to resume, 0 when all is done.
  template <class F>
  Result<uint32_t> query(uint64_t mailboxId, const Ranges& ranges, uint32_t columns, uint32_t resume, F&& each) const {
    uint32_t next = 0;
    const ph_status s = api_->query(
        raw_, mailboxId, ranges.data(), ranges.size(), columns, resume,
        [](void* ctx, const ph_row* row) -> int32_t {
          (*static_cast<std::remove_reference_t<F>*>(ctx))(*row);
          return 0;
        },
        ctxOf(each), &next);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "the mailbox can't be read"};
    return next;
  }

  // One piece; each(uint32_t uid). Gives where to resume, 0 when all is done; Unavailable: look at every message.
  template <class F>
  Result<uint64_t> candidates(uint64_t mailboxId, const std::vector<std::string>& words, uint64_t resume,
                              F&& each) const {
    std::vector<ph_str> list;
    list.reserve(words.size());
    for (const auto& word : words) list.push_back(str(word));
    uint64_t next = 0;
    const ph_status s = api_->candidates(
        raw_, mailboxId, list.data(), list.size(), resume,
        [](void* ctx, uint32_t uid) -> int32_t {
          (*static_cast<std::remove_reference_t<F>*>(ctx))(uid);
          return 0;
        },
        ctxOf(each), &next);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "the index can't be used"};
    return next;
  }

  // --- writing: worker threads only -----------------------------------------------------------------------------
  Status createMailbox(std::string_view name, uint32_t use = 0) {
    return call([&](ph_error* e) { return api_->create_mailbox(raw_, str(name), use, e); });
  }
  Status deleteMailbox(std::string_view name) {
    return call([&](ph_error* e) { return api_->delete_mailbox(raw_, str(name), e); });
  }
  Status renameMailbox(std::string_view from, std::string_view to) {
    return call([&](ph_error* e) { return api_->rename_mailbox(raw_, str(from), str(to), e); });
  }
  Status subscribe(std::string_view name, bool on) {
    return call([&](ph_error* e) { return api_->subscribe(raw_, str(name), on ? 1 : 0, e); });
  }
  Result<ph_appended> append(const ph_append& what) {
    auto out = sized<ph_appended>();
    auto e = noError();
    const ph_status s = api_->append(raw_, &what, &out, &e);
    if (s != PH_OK) return Error{static_cast<Kind>(s), e.text};
    return out;
  }
  // All or none; and `replaced`, if any, is expunged in the same commit.
  Result<std::vector<ph_appended>> appendAll(const std::vector<ph_append>& what,
                                             const ph_replaced* replaced = nullptr) {
    std::vector<const ph_append*> list;
    list.reserve(what.size());
    for (const auto& one : what) list.push_back(&one);
    std::vector<ph_appended> out;
    auto e = noError();
    const ph_status s = api_->append_all(
        raw_, list.data(), list.size(), replaced,
        [](void* ctx, const ph_appended* one) -> int32_t {
          static_cast<std::vector<ph_appended>*>(ctx)->push_back(*one);
          return 0;
        },
        &out, &e);
    if (s != PH_OK) return Error{static_cast<Kind>(s), e.text};
    return out;
  }
  Status annotate(uint64_t mailboxId, const std::vector<Annotation>& changes) {
    std::vector<ph_annotation> list;
    for (const auto& c : changes) {
      list.push_back(sized<ph_annotation>());
      list.back().is_set = c.value ? 1 : 0;
      list.back().entry = str(c.entry);
      if (c.value) list.back().value = str(*c.value);
    }
    std::vector<const ph_annotation*> pointers;
    pointers.reserve(list.size());
    for (const auto& one : list) pointers.push_back(&one);
    return call([&](ph_error* e) { return api_->annotate(raw_, mailboxId, pointers.data(), pointers.size(), e); });
  }
  template <class F>
  Status storeFlags(uint64_t mailboxId, const Ranges& r, const ph_store_flags& change, F&& each) {
    return call([&](ph_error* e) {
      return api_->store_flags(raw_, mailboxId, r.data(), r.size(), &change, &eachChange<F>, ctxOf(each), e);
    });
  }
  template <class F>
  Status copy(uint64_t mailboxId, const Ranges& r, uint64_t target, F&& each) {
    return call([&](ph_error* e) {
      return api_->copy(raw_, mailboxId, r.data(), r.size(), target, &eachChange<F>, ctxOf(each), e);
    });
  }
  template <class F>
  Status move(uint64_t mailboxId, const Ranges& r, uint64_t target, F&& each) {
    return call([&](ph_error* e) {
      return api_->move(raw_, mailboxId, r.data(), r.size(), target, &eachChange<F>, ctxOf(each), e);
    });
  }
  // Into a mailbox of another account, or of this one.
  template <class F>
  Status transfer(uint64_t mailboxId, const Ranges& r, Account& target, uint64_t targetId, bool moving, F&& each) {
    return call([&](ph_error* e) {
      return api_->transfer(raw_, mailboxId, r.data(), r.size(), target.raw_, targetId, moving ? 1 : 0, &eachChange<F>,
                            ctxOf(each), e);
    });
  }
  // `mode`: PH_ACL_*.
  Status setAcl(uint64_t mailboxId, std::string_view identifier, int32_t mode, uint32_t rights) {
    return call([&](ph_error* e) { return api_->set_acl(raw_, mailboxId, str(identifier), mode, rights, e); });
  }
  template <class F>
  Status expunge(uint64_t mailboxId, const Ranges& r, F&& each) {
    return call([&](ph_error* e) {
      return api_->expunge(raw_, mailboxId, r.data(), r.size(), &eachChange<F>, ctxOf(each), e);
    });
  }

 private:
  Account(const Host& host, ph_account* raw) : host_(&host), api_(host.store), raw_(raw) {}

  static int32_t keepAnnotation(void* ctx, const ph_annotation* a) {
    Annotation out{a->mailbox_id, std::string(view(a->entry)), std::nullopt, a->modseq};
    if (a->is_set) out.value = std::string(view(a->value));
    static_cast<std::vector<Annotation>*>(ctx)->push_back(std::move(out));
    return 0;
  }
  template <class F>
  static int32_t eachChange(void* ctx, const ph_change* change) {
    (*static_cast<std::remove_reference_t<F>*>(ctx))(*change);
    return 0;
  }
  template <class F>
  static void* ctxOf(F& f) {
    return const_cast<void*>(static_cast<const void*>(&f));
  }
  template <class F>
  static Status call(F&& f) {
    auto e = noError();
    const ph_status s = f(&e);
    return toStatus(s, e.text);
  }

  const Host* host_ = nullptr;
  const ph_store* api_ = nullptr;
  ph_account* raw_ = nullptr;
};

}  // namespace ph
