// The writing half of the in-memory store.
#include <algorithm>
#include <sstream>
#include <utility>

#include "ph/imap/mailbox_name.hpp"
#include "ph/text.hpp"
#include "testkit/fake_message.hpp"
#include "testkit/store.hpp"
#include "testkit/store_table.hpp"

namespace ph::testkit {

namespace {

bool inRanges(uint32_t uid, const ph_range* ranges, size_t count) {
  return std::any_of(ranges, ranges + count, [&](const ph_range& r) { return uid >= r.first && uid <= r.last; });
}

std::vector<std::string> words(std::string_view list) {
  std::istringstream in{std::string(list)};
  std::vector<std::string> out;
  for (std::string w; in >> w;) out.push_back(w);
  return out;
}

std::string changeKeywords(const std::string& have, std::string_view change, int32_t mode) {
  std::vector<std::string> out = mode == PH_FLAGS_REPLACE ? std::vector<std::string>() : words(have);
  for (const auto& w : words(change)) {
    std::erase(out, w);
    if (mode != PH_FLAGS_REMOVE) out.push_back(w);
  }
  std::sort(out.begin(), out.end());
  std::string text;
  for (const auto& w : out) text += (text.empty() ? "" : " ") + w;
  return text;
}

ph_status append(ph_account* a, const ph_append* what, ph_appended* out, ph_error* error) {
  if (a->store->writeFails) return fill(error, "told to fail"), a->store->writeFails;
  const std::string name(view(what->mailbox));
  Mailbox* m = a->find(name);
  if (!m && !what->create_mailbox) return PH_E_NOT_FOUND;
  if (a->quota && a->bytes() + bytesOf(what->message).size() > a->quota) return fill(error, "over quota"), PH_E_QUOTA;
  out->uid = a->store->deliver(a->name, name, bytesOf(what->message), what->internal_date);
  m = a->find(name);
  StoredMessage& s = m->messages.at(out->uid);
  s.flags = what->flags;
  s.keywords = changeKeywords("", view(what->keywords), PH_FLAGS_REPLACE);
  s.zoneMinutes = what->zone_minutes;
  out->id = s.id;
  out->modseq = s.modseq;
  out->uidvalidity = m->uidValidity;
  return PH_OK;
}

ph_status storeFlags(ph_account* a, uint64_t mailboxId, const ph_range* ranges, size_t count,
                     const ph_store_flags* change, ph_each_change each, void* ctx, ph_error* error) {
  if (a->store->writeFails) return fill(error, "told to fail"), a->store->writeFails;
  Mailbox* m = a->find(mailboxId);
  if (!m) return PH_E_NOT_FOUND;
  const uint64_t modseq = a->modseq + 1;
  bool any = false;
  for (auto& [uid, s] : m->messages) {
    if (!inRanges(uid, ranges, count)) continue;
    if (s.modseq > change->unchanged_since) {
      auto refused = sized<ph_change>();
      refused.kind = PH_CHANGE_REFUSED;
      refused.uid = uid;
      if (each) each(ctx, &refused);
      continue;
    }
    const uint32_t flags = change->mode == PH_FLAGS_ADD      ? s.flags | change->flags
                           : change->mode == PH_FLAGS_REMOVE ? s.flags & ~change->flags
                                                             : change->flags;
    const std::string keywords = changeKeywords(s.keywords, view(change->keywords), change->mode);
    if (flags == s.flags && keywords == s.keywords) continue;
    any = true;
    s.flags = flags;
    s.keywords = keywords;
    s.modseq = modseq;
    auto c = sized<ph_change>();
    c.kind = PH_CHANGE_FLAGS;
    c.uid = uid;
    c.modseq = modseq;
    c.flags = flags;
    c.keywords = str(s.keywords);
    if (each) each(ctx, &c);
  }
  if (!any) return PH_OK;
  m->modseq = a->modseq = modseq;
  a->changed(m->id);
  return PH_OK;
}

void remove(ph_account& a, Mailbox& m, uint32_t uid) {
  m.expunged.emplace_back(m.modseq = a.modseq, uid);
  m.messages.erase(uid);
}

bool isUsed(const ph_account& a, uint64_t id) {
  return std::any_of(a.mailboxes.begin(), a.mailboxes.end(), [&](const auto& m) {
    return std::any_of(m.second.messages.begin(), m.second.messages.end(),
                       [&](const auto& s) { return s.second.id == id; });
  });
}

ph_status transfer(ph_account* a, uint64_t mailboxId, const ph_range* ranges, size_t count, uint64_t targetId,
                   ph_each_change each, void* ctx, ph_error* error, bool moving) {
  if (a->store->writeFails) return fill(error, "told to fail"), a->store->writeFails;
  Mailbox* from = a->find(mailboxId);
  Mailbox* to = a->find(targetId);
  if (!from || !to) return PH_E_NOT_FOUND;
  std::vector<StoredMessage> all;
  uint64_t bytes = 0;
  for (const auto& [uid, s] : from->messages) {
    if (!inRanges(uid, ranges, count)) continue;
    all.push_back(s);
    bytes += a->contents.at(s.id)->bytes.size();
  }
  if (!moving && a->quota && a->bytes() + bytes > a->quota) return fill(error, "over quota"), PH_E_QUOTA;
  ++a->modseq;
  for (StoredMessage s : all) {
    auto c = sized<ph_change>();
    c.kind = PH_CHANGE_NEW;
    c.uid = s.uid;
    if (moving) remove(*a, *from, s.uid);
    c.new_uid = s.uid = to->uidNext++;
    c.modseq = s.modseq = s.created = to->modseq = a->modseq;
    to->messages[s.uid] = s;
    if (each) each(ctx, &c);
  }
  a->changed(from->id);
  a->changed(to->id);
  return PH_OK;
}

uint64_t sizeOf(const ph_account& a, uint64_t id) {
  return a.contents.at(id)->bytes.size();
}

ph_status appendAll(ph_account* a, const ph_append* const* list, size_t count, const ph_replaced* replaced,
                    ph_each_appended each, void* ctx, ph_error* error) {
  if (a->store->writeFails) return fill(error, "told to fail"), a->store->writeFails;
  uint64_t more = 0, less = 0;
  for (size_t i = 0; i < count; ++i) {
    if (!a->find(view(list[i]->mailbox))) return PH_E_NOT_FOUND;
    more += bytesOf(list[i]->message).size();
  }
  Mailbox* from = replaced ? a->find(replaced->mailbox_id) : nullptr;
  if (replaced && !from) return PH_E_NOT_FOUND;
  if (from && !from->messages.contains(replaced->uid)) return fill(error, "it is gone"), PH_E_CONFLICT;
  if (from) less = sizeOf(*a, from->messages.at(replaced->uid).id);
  if (a->quota && more > less && a->bytes() + more - less > a->quota) return fill(error, "over quota"), PH_E_QUOTA;
  for (size_t i = 0; i < count; ++i) {
    auto out = sized<ph_appended>();
    const auto quota = std::exchange(a->quota, 0);
    append(a, list[i], &out, error);
    a->quota = quota;
    each(ctx, &out);
  }
  if (!from) return PH_OK;
  const uint64_t id = from->messages.at(replaced->uid).id;
  ++a->modseq;
  remove(*a, *from, replaced->uid);
  if (!isUsed(*a, id)) a->contents.erase(id);
  a->changed(from->id);
  return PH_OK;
}

ph_status annotate(ph_account* a, uint64_t mailbox, const ph_annotation* const* changes, size_t count,
                   ph_error* error) {
  if (a->store->writeFails) return fill(error, "told to fail"), a->store->writeFails;
  if (mailbox != 0 && !a->find(mailbox)) return PH_E_NOT_FOUND;
  auto next = a->annotations;
  ++a->modseq;
  for (size_t i = 0; i < count; ++i) {
    const auto key = std::pair(mailbox, std::string(view(changes[i]->entry)));
    if (changes[i]->is_set || next.contains(key))
      next[key] = {changes[i]->is_set != 0, std::string(view(changes[i]->value)), a->modseq};
  }
  size_t set = 0, bytes = 0;
  for (const auto& [key, x] : next) {
    set += x.isSet;
    bytes += x.isSet ? key.second.size() + x.value.size() : 0;
  }
  if (set > 1000 || bytes > 1'000'000) return fill(error, "too many annotations"), PH_E_LIMIT;
  a->annotations = std::move(next);
  a->changed(mailbox);
  return PH_OK;
}

// With the list of its parent.
void makeOne(ph_account& a, const std::string& name, uint32_t use) {
  const Mailbox* parent = a.find(imap::parentMailbox(name));
  const auto list = parent ? a.acl[parent->id] : std::map<std::string, uint32_t>();
  a.acl[a.create(name, use).id] = list;
}

ph_status rename(ph_account* a, ph_str fromName, ph_str toName, ph_error*) {
  const std::string from(view(fromName)), to(view(toName));
  if (imap::isOtherUsers(to)) return PH_E_INVALID;
  if (!a->find(from)) return PH_E_NOT_FOUND;
  if (a->find(to)) return PH_E_CONFLICT;
  if (from == "INBOX") {
    Mailbox& target = a->create(to, 0);
    Mailbox& inbox = *a->find(from);
    const ph_range all{1, UINT32_MAX};
    return transfer(a, inbox.id, &all, 1, target.id, nullptr, nullptr, nullptr, true);
  }
  std::map<std::string, Mailbox> moved;
  std::erase_if(a->mailboxes, [&](auto& entry) {
    const auto& name = entry.first;
    if (name != from && name.compare(0, from.size() + 1, from + "/") != 0) return false;
    moved[to + name.substr(from.size())] = entry.second;
    return true;
  });
  a->mailboxes.merge(moved);
  a->changed(0);
  return PH_OK;
}

}  // namespace

void fillWriting(ph_store& t) {
  t.create_mailbox = [](ph_account* a, ph_str name, uint32_t use, ph_error* e) -> ph_status {
    const std::string n(view(name));
    if (a->find(n)) return fill(e, "the mailbox exists"), PH_E_CONFLICT;
    if (imap::isOtherUsers(n)) return fill(e, "the name stands for the mailboxes of other users"), PH_E_INVALID;
    for (size_t slash = n.find('/'); slash != n.npos; slash = n.find('/', slash + 1)) {
      if (!a->find(n.substr(0, slash))) makeOne(*a, n.substr(0, slash), 0);
    }
    makeOne(*a, n, use);
    a->changed(0);
    return PH_OK;
  };
  t.delete_mailbox = [](ph_account* a, ph_str name, ph_error* e) -> ph_status {
    const std::string n(view(name));
    if (n == "INBOX") return fill(e, "the inbox stays"), PH_E_DENIED;
    Mailbox* m = a->find(n);
    if (!m) return PH_E_NOT_FOUND;
    m->exists = false;
    m->messages.clear();
    std::erase_if(a->annotations, [&](const auto& x) { return x.first.first == m->id; });
    a->acl.erase(m->id);
    a->changed(0);
    return PH_OK;
  };
  t.rename_mailbox = &rename;
  t.subscribe = [](ph_account* a, ph_str name, int32_t on, ph_error* e) -> ph_status {
    const std::string n(view(name));
    const auto i = a->mailboxes.find(n);
    if (i != a->mailboxes.end()) i->second.subscribed = on;
    if (i == a->mailboxes.end() && imap::isOtherUsers(n)) {
      if (!on) return PH_OK;
      Mailbox& m = a->mailboxes[n];
      m.exists = false;
      m.subscribed = true;
      return PH_OK;
    }
    if (i == a->mailboxes.end() && on) return fill(e, "no such mailbox"), PH_E_NOT_FOUND;
    return PH_OK;
  };
  t.append = &append;
  t.append_all = &appendAll;
  t.annotate = &annotate;
  t.store_flags = &storeFlags;
  t.copy = [](ph_account* a, uint64_t from, const ph_range* r, size_t n, uint64_t to, ph_each_change each, void* ctx,
              ph_error* e) { return transfer(a, from, r, n, to, each, ctx, e, false); };
  t.move = [](ph_account* a, uint64_t from, const ph_range* r, size_t n, uint64_t to, ph_each_change each, void* ctx,
              ph_error* e) { return transfer(a, from, r, n, to, each, ctx, e, true); };
  t.expunge = [](ph_account* a, uint64_t mailboxId, const ph_range* ranges, size_t count, ph_each_change each,
                 void* ctx, ph_error* e) -> ph_status {
    if (a->store->writeFails) return fill(e, "told to fail"), a->store->writeFails;
    Mailbox* m = a->find(mailboxId);
    if (!m) return PH_E_NOT_FOUND;
    std::vector<uint32_t> gone;
    for (const auto& [uid, s] : m->messages) {
      if ((s.flags & PH_FLAG_DELETED) && inRanges(uid, ranges, count)) gone.push_back(uid);
    }
    if (gone.empty()) return PH_OK;
    ++a->modseq;
    for (const uint32_t uid : gone) {
      const uint64_t id = m->messages.at(uid).id;
      remove(*a, *m, uid);
      if (!isUsed(*a, id)) a->contents.erase(id);
      auto c = sized<ph_change>();
      c.kind = PH_CHANGE_EXPUNGED;
      c.uid = uid;
      c.modseq = a->modseq;
      if (each) each(ctx, &c);
    }
    a->changed(m->id);
    return PH_OK;
  };
}

}  // namespace ph::testkit
