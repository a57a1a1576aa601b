// The in-memory ph.store/1 as others see it: the calls of both halves behind a check of rights, RFC 4314 4.
#include <algorithm>

#include "ph/imap/mailbox_name.hpp"
#include "ph/imap/rights.hpp"
#include "ph/text.hpp"
#include "testkit/fake_host.hpp"
#include "testkit/fake_message.hpp"
#include "testkit/store.hpp"
#include "testkit/store_table.hpp"

namespace right = ph::imap::right;

uint32_t ph_account::rights(uint64_t mailboxId, const std::string& who) const {
  uint32_t given = 0, taken = 0;
  const auto list = acl.find(mailboxId);
  if (list == acl.end()) return 0;
  for (const auto& [identifier, rights] : list->second) {
    if (identifier == who || identifier == "anyone") given |= rights;
    if (identifier == "-" + who || identifier == "-anyone") taken |= rights;
  }
  return given & ~taken;
}

namespace ph::testkit {

namespace {

constexpr uint64_t kRealm = 77;

ph_store base;  // without checks

bool isViewer(const ph_account* a) {
  return a->of != nullptr;
}
ph_account* owner(ph_account* a) {
  return a->of ? a->of : a;
}
uint32_t rightsOf(const ph_account* a, uint64_t mailbox) {
  return a->of ? a->of->rights(mailbox, a->viewer) : uint32_t{PH_RIGHT_ALL};
}
ph_status need(const ph_account* a, uint64_t mailbox, uint32_t needed, uint32_t shows = right::kLookup | right::kRead) {
  const uint32_t has = rightsOf(a, mailbox);
  return (needed & ~has) == 0 ? PH_OK : (has & shows) == 0 ? PH_E_NOT_FOUND : PH_E_DENIED;
}
ph_status say(ph_status status, ph_error* e) {
  if (status == PH_E_DENIED) fill(e, "not your right");
  return status;
}

uint32_t flagsOf(uint32_t rights) {
  uint32_t out = 0;
  if (rights & right::kSeen) out |= PH_FLAG_SEEN;
  if (rights & right::kDeleteMessages) out |= PH_FLAG_DELETED;
  if (rights & right::kWrite) out |= PH_FLAG_ANSWERED | PH_FLAG_FLAGGED | PH_FLAG_DRAFT;
  return out;
}

std::string accountOf(ph_account* a, std::string_view identifier) {
  const std::string name(identifier);
  const auto& addresses = FakeHost::of(owner(a)->host).accounts;
  if (const auto i = addresses.find(name); i != addresses.end()) return i->second;
  return name == "anyone" || a->store->accounts.count(name) != 0 ? name : std::string();
}

ph_mailbox_info veil(ph_mailbox_info info, uint32_t rights) {
  info.rights = rights;
  info.realm = kRealm;
  info.use = 0;
  info.subscribed = 0;
  if (!(rights & right::kRead)) info.messages = info.unseen = info.deleted = 0;
  return info;
}

struct Told {
  ph_account* viewer;
  std::vector<std::string> names;
  ph_each_mailbox each;
  void* ctx;
};

bool isSeen(const ph_account* viewer, const ph_mailbox_info* m) {
  return m->exists && (rightsOf(viewer, m->id) & right::kLookup);
}

ph_status mailboxes(ph_account* a, ph_each_mailbox each, void* ctx) {
  if (!isViewer(a)) return base.mailboxes(a, each, ctx);
  Told told{a, {}, each, ctx};
  for (const auto& [name, m] : a->of->mailboxes) {
    if (m.exists && (rightsOf(a, m.id) & right::kLookup)) told.names.push_back(name);
  }
  return base.mailboxes(
      a->of,
      [](void* c, const ph_mailbox_info* m) -> int32_t {
        const auto& t = *static_cast<Told*>(c);
        if (!isSeen(t.viewer, m)) return 0;
        auto info = veil(*m, rightsOf(t.viewer, m->id));
        const std::string below = std::string(view(m->name)) + "/";
        info.has_children = std::any_of(t.names.begin(), t.names.end(),
                                        [&](const auto& n) { return n.compare(0, below.size(), below) == 0; });
        return t.each(t.ctx, &info);
      },
      &told);
}

ph_status mailbox(ph_account* a, ph_str name, ph_mailbox_info* out) {
  if (const auto s = base.mailbox(owner(a), name, out); s != PH_OK || !isViewer(a)) return s;
  const uint32_t rights = rightsOf(a, out->id);
  *out = veil(*out, rights);
  return rights == 0 ? PH_E_NOT_FOUND : PH_OK;
}

ph_status mayMake(ph_account* a, const std::string& name, ph_error* e) {
  if (!isViewer(a)) return PH_OK;
  for (auto up = imap::parentMailbox(name); !up.empty(); up = imap::parentMailbox(up)) {
    const Mailbox* parent = a->of->find(up);
    if (!parent) continue;
    if (rightsOf(a, parent->id) & right::kCreate) return PH_OK;
    break;
  }
  return say(PH_E_DENIED, e);
}

ph_status mayDrop(ph_account* a, ph_str name, ph_error* e) {
  const Mailbox* m = owner(a)->find(view(name));
  return m ? say(need(a, m->id, right::kDeleteMailbox, right::kLookup), e) : PH_E_NOT_FOUND;
}

ph_status storeFlags(ph_account* a, uint64_t mailbox, const ph_range* ranges, size_t count, const ph_store_flags* in,
                     ph_each_change each, void* ctx, ph_error* e) {
  if (!isViewer(a)) return base.store_flags(a, mailbox, ranges, count, in, each, ctx, e);
  if (const auto s = need(a, mailbox, right::kRead); s != PH_OK) return say(s, e);
  const uint32_t rights = rightsOf(a, mailbox);
  const uint32_t may = flagsOf(rights);
  const bool words = (rights & right::kWrite) != 0;
  const bool names = in->keywords.len != 0;
  if (in->mode == PH_FLAGS_REPLACE ? may == 0 : !(in->flags & may) && !(names && words) && (in->flags || names))
    return say(PH_E_DENIED, e);
  // What stays is given again, message by message.
  for (auto& [uid, m] : a->of->find(mailbox)->messages) {
    const bool meant =
        std::any_of(ranges, ranges + count, [uid = uid](const ph_range& r) { return r.first <= uid && uid <= r.last; });
    if (!meant) continue;
    ph_store_flags change = *in;
    change.flags &= may;
    const std::string old = m.keywords;
    if (in->mode == PH_FLAGS_REPLACE) change.flags |= m.flags & ~may;
    if (!words) change.keywords = in->mode == PH_FLAGS_REPLACE ? str(old) : ph_str{};
    const ph_range one{uid, uid};
    if (const auto s = base.store_flags(a->of, mailbox, &one, 1, &change, each, ctx, e); s != PH_OK) return s;
  }
  return PH_OK;
}

ph_status appendAll(ph_account* a, const ph_append* const* list, size_t count, const ph_replaced* replaced,
                    ph_each_appended each, void* ctx, ph_error* e) {
  std::vector<ph_append> all;
  std::vector<const ph_append*> pointers;
  for (size_t i = 0; i < count; ++i) {
    all.push_back(*list[i]);
    const Mailbox* m = owner(a)->find(view(list[i]->mailbox));
    if (!m || !isViewer(a)) continue;
    if (const auto s = need(a, m->id, right::kInsert); s != PH_OK) return say(s, e);
    all.back().flags &= flagsOf(rightsOf(a, m->id));
    if (!(rightsOf(a, m->id) & right::kWrite)) all.back().keywords = {};
  }
  if (replaced) {
    const auto s = need(a, replaced->mailbox_id, right::kDeleteMessages | right::kExpunge);
    if (s != PH_OK) return say(s, e);
  }
  for (const auto& one : all) pointers.push_back(&one);
  return base.append_all(owner(a), pointers.data(), count, replaced, each, ctx, e);
}

ph_status append(ph_account* a, const ph_append* what, ph_appended* out, ph_error* e) {
  if (!isViewer(a)) return base.append(a, what, out, e);
  return appendAll(
      a, &what, 1, nullptr,
      [](void* c, const ph_appended* one) -> int32_t { return *static_cast<ph_appended*>(c) = *one, 0; }, out, e);
}

ph_status transfer(ph_account* a, uint64_t mailbox, const ph_range* ranges, size_t count, ph_account* target,
                   uint64_t targetId, int32_t moving, ph_each_change each, void* ctx, ph_error* e) {
  const uint32_t leaves = moving ? right::kDeleteMessages | right::kExpunge : 0U;
  if (const auto s = need(a, mailbox, right::kRead | leaves); s != PH_OK) return say(s, e);
  if (const auto s = need(target, targetId, right::kInsert); s != PH_OK) return say(s, e);
  ph_account &from = *owner(a), &to = *owner(target);
  if (!from.find(mailbox) || !to.find(targetId)) return PH_E_NOT_FOUND;
  const auto name = [&] {
    for (const auto& [n, m] : to.mailboxes) {
      if (m.exists && m.id == targetId) return n;
    }
    return std::string();
  }();
  const uint32_t rights = rightsOf(target, targetId);
  std::vector<StoredMessage> all;
  for (const auto& [uid, found] : from.find(mailbox)->messages) {
    const auto& m = found;  // captured below
    if (std::any_of(ranges, ranges + count, [&](const ph_range& r) { return r.first <= m.uid && m.uid <= r.last; }))
      all.push_back(m);
  }
  uint64_t bytes = to.bytes();
  for (const auto& m : all) bytes += from.contents.at(m.id)->bytes.size();
  if (to.quota && bytes > to.quota) return fill(e, "over quota"), PH_E_QUOTA;
  for (const auto& m : all) {
    auto c = sized<ph_change>();
    c.kind = PH_CHANGE_NEW;
    c.uid = m.uid;
    c.new_uid = a->store->deliver(to.name, name, from.contents.at(m.id)->bytes, m.internalDate);
    auto& made = to.find(targetId)->messages.at(c.new_uid);
    made.flags = m.flags & flagsOf(rights);
    if (rights & right::kWrite) made.keywords = m.keywords;
    if (moving) from.find(mailbox)->messages.at(m.uid).flags |= PH_FLAG_DELETED;
    if (each) each(ctx, &c);
    const ph_range one{m.uid, m.uid};
    if (moving) base.expunge(&from, mailbox, &one, 1, nullptr, nullptr, e);
  }
  return PH_OK;
}

// A call by mailbox id: with these rights, on the owner's account.
template <auto kCall, uint32_t kNeeded, class... Rest>
ph_status checked(ph_account* a, uint64_t mailbox, Rest... rest) {
  if (const auto s = need(a, mailbox, kNeeded); s != PH_OK) return s;
  return (base.*kCall)(owner(a), mailbox, rest...);
}

ph_status annotations(ph_account* a, uint64_t mailbox, ph_each_annotation each, void* ctx) {
  if (!isViewer(a)) return base.annotations(a, mailbox, each, ctx);
  const uint32_t rights = rightsOf(a, mailbox);
  if (!(rights & right::kLookup)) return PH_E_NOT_FOUND;
  if (!(rights & (right::kRead | right::kFlags | right::kInsert | right::kPost))) return PH_E_DENIED;
  for (const auto& [key, x] : a->of->annotations) {
    if (key.first != mailbox || !x.isSet || key.second.compare(0, 8, "/shared/") != 0) continue;
    auto out = sized<ph_annotation>();
    out.is_set = 1;
    out.mailbox_id = mailbox;
    out.entry = str(key.second);
    out.value = str(x.value);
    if (each(ctx, &out)) break;
  }
  return PH_OK;
}

ph_status annotate(ph_account* a, uint64_t mailbox, const ph_annotation* const* list, size_t count, ph_error* e) {
  if (isViewer(a)) {
    const auto s = need(a, mailbox, right::kLookup | right::kWrite, right::kLookup);
    if (s != PH_OK) return say(s, e);
    for (size_t i = 0; i < count; ++i) {
      if (view(list[i]->entry).substr(0, 8) != "/shared/") return fill(e, "nothing private here"), PH_E_INVALID;
    }
  }
  return base.annotate(owner(a), mailbox, list, count, e);
}

}  // namespace

void fillSharing(ph_store& t) {
  base = t;
  t.open_shared = [](const ph_host* h, ph_str name, ph_str viewer, ph_account** out) -> ph_status {
    Store& store = Store::of(h);
    const auto i = store.accounts.find(std::string(view(name)));
    if (i == store.accounts.end() || view(name) == view(viewer)) return PH_E_NOT_FOUND;
    const bool any = std::any_of(i->second->acl.begin(), i->second->acl.end(), [&](const auto& list) {
      return list.second.count(std::string(view(viewer))) || list.second.count("anyone");
    });
    if (!any) return PH_E_NOT_FOUND;
    auto* handle = new ph_account{};
    handle->store = &store;
    handle->host = i->second->host = h;
    handle->of = i->second.get();
    handle->viewer = view(viewer);
    ++store.opened;
    *out = handle;
    return PH_OK;
  };
  t.retain_account = [](ph_account* a) {
    ++a->store->opened;
    ++a->handles;
  };
  t.release_account = [](ph_account* a) {
    --a->store->opened;
    if (--a->handles == 0 && a->of) delete a;
  };
  t.sharers = [](const ph_host* h, ph_str viewer, ph_each_sharer each, void* ctx) -> ph_status {
    for (const auto& [name, account] : Store::of(h).accounts) {
      const bool any = std::any_of(account->acl.begin(), account->acl.end(), [&](const auto& list) {
        return list.second.count(std::string(view(viewer))) || list.second.count("anyone");
      });
      if (any && name != view(viewer) && each(ctx, str(name))) break;
    }
    return PH_OK;
  };
  t.rights = [](ph_account* a, uint64_t mailbox, uint32_t* out) -> ph_status {
    *out = rightsOf(a, mailbox);
    return PH_OK;
  };
  t.acl = [](ph_account* a, uint64_t mailbox, ph_each_acl_entry each, void* ctx) -> ph_status {
    if (const auto s = need(a, mailbox, right::kAdminister, right::kLookup); s != PH_OK) return s;
    for (const auto& [identifier, rights] : owner(a)->acl[mailbox]) {
      auto out = sized<ph_acl_entry>();
      out.rights = rights;
      out.identifier = str(identifier);
      if (each(ctx, &out)) break;
    }
    return PH_OK;
  };
  t.set_acl = [](ph_account* a, uint64_t mailbox, ph_str who, int32_t mode, uint32_t rights, ph_error* e) -> ph_status {
    if (a->store->writeFails) return fill(e, "told to fail"), a->store->writeFails;
    if (const auto s = need(a, mailbox, right::kAdminister, right::kLookup); s != PH_OK) return say(s, e);
    const bool dash = view(who).substr(0, 1) == "-";
    const auto name = accountOf(a, view(who).substr(dash ? 1 : 0));
    if (name.empty()) return fill(e, "nobody is called so"), PH_E_INVALID;
    if (name == owner(a)->name) return fill(e, "the owner always has all rights"), PH_E_CONFLICT;
    auto& list = owner(a)->acl[mailbox];
    const std::string identifier = (dash ? "-" : "") + name;
    const uint32_t old = list.count(identifier) ? list[identifier] : 0;
    const uint32_t next = mode == PH_ACL_ADD ? old | rights : mode == PH_ACL_REMOVE ? old & ~rights : rights;
    if (next == 0) list.erase(identifier);
    if (next != 0) list[identifier] = next;
    owner(a)->changed(0);
    return PH_OK;
  };
  t.list_rights = [](ph_account* a, uint64_t mailbox, ph_str who, uint32_t* always, uint32_t* possible) -> ph_status {
    if (const auto s = need(a, mailbox, right::kAdminister, right::kLookup); s != PH_OK) return s;
    const auto name = accountOf(a, view(who));
    if (name.empty()) return PH_E_INVALID;
    *always = name == owner(a)->name ? right::kAll : 0;
    *possible = right::kAll & ~*always;
    return PH_OK;
  };
  t.transfer = &transfer;
  t.mailboxes = &mailboxes;
  t.mailbox = &mailbox;
  t.watch = [](ph_account* a, auto... rest) { return base.watch(owner(a), rest...); };
  t.unwatch = [](ph_account* a, uint64_t id) { base.unwatch(owner(a), id); };
  t.create_mailbox = [](ph_account* a, ph_str name, uint32_t use, ph_error* e) -> ph_status {
    if (const auto s = mayMake(a, std::string(view(name)), e); s != PH_OK) return s;
    return base.create_mailbox(owner(a), name, isViewer(a) ? 0 : use, e);
  };
  t.delete_mailbox = [](ph_account* a, ph_str name, ph_error* e) -> ph_status {
    if (const auto s = mayDrop(a, name, e); isViewer(a) && s != PH_OK) return s;
    return base.delete_mailbox(owner(a), name, e);
  };
  t.rename_mailbox = [](ph_account* a, ph_str from, ph_str to, ph_error* e) -> ph_status {
    if (isViewer(a)) {
      if (const auto s = mayDrop(a, from, e); s != PH_OK) return s;
      if (const auto s = mayMake(a, std::string(view(to)), e); s != PH_OK) return s;
    }
    return base.rename_mailbox(owner(a), from, to, e);
  };
  t.subscribe = [](ph_account* a, auto... rest) -> ph_status {
    return isViewer(a) ? PH_E_DENIED : base.subscribe(a, rest...);
  };
  t.usage = [](ph_account* a, ph_usage* out) -> ph_status { return isViewer(a) ? PH_E_DENIED : base.usage(a, out); };
  t.view = &checked<&ph_store::view, right::kRead>;
  t.changes = &checked<&ph_store::changes, right::kRead>;
  t.candidates = &checked<&ph_store::candidates, right::kRead>;
  t.query = [](ph_account* a, uint64_t mailbox, const ph_range* ranges, size_t count, uint32_t columns, uint32_t resume,
               ph_each_row each, void* ctx, uint32_t* out) -> ph_status {
    if (const auto s = need(a, mailbox, right::kRead); s != PH_OK) return s;
    if (!isViewer(a)) return base.query(a, mailbox, ranges, count, columns, resume, each, ctx, out);
    const std::pair<ph_each_row, void*> to{each, ctx};
    return base.query(
        a->of, mailbox, ranges, count, columns, resume,
        [](void* c, const ph_row* row) -> int32_t {
          const auto& [fn, inner] = *static_cast<const std::pair<ph_each_row, void*>*>(c);
          ph_row seen = *row;
          seen.realm = kRealm;
          return fn(inner, &seen);
        },
        const_cast<std::pair<ph_each_row, void*>*>(&to), out);
  };
  t.open = [](ph_account* a, uint64_t id, ph_message** out) -> ph_status {
    const bool readable = std::any_of(owner(a)->mailboxes.begin(), owner(a)->mailboxes.end(), [&](const auto& named) {
      const auto& [name, m] = named;
      return (rightsOf(a, m.id) & right::kRead) &&
             std::any_of(m.messages.begin(), m.messages.end(), [&](const auto& s) { return s.second.id == id; });
    });
    return readable || !isViewer(a) ? base.open(owner(a), id, out) : PH_E_NOT_FOUND;
  };
  t.append = &append;
  t.append_all = &appendAll;
  t.store_flags = &storeFlags;
  t.expunge = &checked<&ph_store::expunge, right::kRead | right::kExpunge>;
  t.copy = [](ph_account* a, uint64_t from, const ph_range* r, size_t n, uint64_t to, ph_each_change each, void* ctx,
              ph_error* e) {
    return isViewer(a) ? transfer(a, from, r, n, a, to, 0, each, ctx, e) : base.copy(a, from, r, n, to, each, ctx, e);
  };
  t.move = [](ph_account* a, uint64_t from, const ph_range* r, size_t n, uint64_t to, ph_each_change each, void* ctx,
              ph_error* e) {
    return isViewer(a) ? transfer(a, from, r, n, a, to, 1, each, ctx, e) : base.move(a, from, r, n, to, each, ctx, e);
  };
  t.annotations = &annotations;
  t.annotate = &annotate;
}

}  // namespace ph::testkit
