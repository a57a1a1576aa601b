// The reading half of the in-memory store.
#include <algorithm>

#include "ph/charset/convert.hpp"
#include "ph/imap/envelope_fields.hpp"
#include "ph/mime/parse.hpp"
#include "ph/mime/search_text.hpp"
#include "ph/text.hpp"
#include "testkit/fake_host.hpp"
#include "testkit/fake_message.hpp"
#include "testkit/store.hpp"
#include "testkit/store_table.hpp"

struct ph_view {
  ph::testkit::Store* store;
  uint64_t modseq;
  std::vector<uint32_t> uids;
};

namespace ph::testkit {

namespace {

ph_mailbox_info describe(const ph_account& a, const std::string& name, const Mailbox& m, std::string& keywords) {
  auto i = sized<ph_mailbox_info>();
  i.use = m.use;
  i.id = m.id;
  i.name = str(name);
  i.subscribed = m.subscribed;
  i.exists = m.exists;
  const std::string prefix = name + "/";
  i.rights = PH_RIGHT_ALL;
  for (const auto& [other, o] : a.mailboxes) i.has_children |= o.exists && other.compare(0, prefix.size(), prefix) == 0;
  i.uidvalidity = m.uidValidity;
  i.uidnext = m.uidNext;
  i.messages = static_cast<uint32_t>(m.messages.size());
  i.highestmodseq = m.modseq;
  keywords.clear();
  for (const auto& [uid, s] : m.messages) {
    i.unseen += !(s.flags & PH_FLAG_SEEN);
    i.deleted += (s.flags & PH_FLAG_DELETED) != 0;
    i.bytes += a.contents.at(s.id)->bytes.size();
    if (!s.keywords.empty() && keywords.find(s.keywords) == keywords.npos) {
      keywords += (keywords.empty() ? "" : " ") + s.keywords;
    }
  }
  i.keywords = str(keywords);
  return i;
}

ph_status changes(ph_account* a, uint64_t mailboxId, uint64_t since, ph_each_change each, void* ctx) {
  const Mailbox* m = a->find(mailboxId);
  if (!m) return PH_E_NOT_FOUND;
  if (since < m->forgotten) return PH_E_CONFLICT;
  std::map<uint32_t, ph_change> all;
  for (const auto& [modseq, uid] : m->expunged) {
    if (modseq <= since) continue;
    auto c = sized<ph_change>();
    c.kind = PH_CHANGE_EXPUNGED;
    c.uid = uid;
    c.modseq = modseq;
    all[uid] = c;
  }
  for (const auto& [uid, s] : m->messages) {
    if (s.modseq <= since) continue;
    auto c = sized<ph_change>();
    c.kind = s.created > since ? PH_CHANGE_NEW : PH_CHANGE_FLAGS;
    c.uid = uid;
    c.modseq = s.modseq;
    c.flags = s.flags;
    c.keywords = str(s.keywords);
    all[uid] = c;
  }
  for (const auto& [uid, c] : all) {
    if (each(ctx, &c)) break;
  }
  return PH_OK;
}

// Small batches, so that resuming is part of every test.
constexpr int kBatch = 3;

ph_status query(ph_account* a, uint64_t mailboxId, const ph_range* ranges, size_t count, uint32_t columns,
                uint32_t resume, ph_each_row each, void* ctx, uint32_t* out) {
  const Mailbox* m = a->find(mailboxId);
  if (!m) return PH_E_NOT_FOUND;
  int given = 0;
  *out = 0;
  if (a->host) FakeHost::of(a->host).nowMs += a->store->slowMs;
  for (auto i = m->messages.lower_bound(resume); i != m->messages.end(); ++i) {
    const StoredMessage& s = i->second;
    const bool wanted =
        std::any_of(ranges, ranges + count, [&](const ph_range& r) { return s.uid >= r.first && s.uid <= r.last; });
    if (!wanted) continue;
    if (given++ == kBatch) {
      *out = s.uid;
      return PH_OK;
    }
    const Content& c = *a->contents.at(s.id);
    auto row = sized<ph_row>();
    row.uid = s.uid;
    row.id = s.id;
    row.modseq = s.modseq;
    row.flags = s.flags;
    if (columns & PH_COL_KEYWORDS) row.keywords = str(s.keywords);
    if (columns & PH_COL_DATES) {
      row.zone_minutes = s.zoneMinutes;
      row.internal_date = s.internalDate;
      row.save_date = s.saveDate;
    }
    if (columns & PH_COL_SIZE) {
      row.rfc822_size = c.bytes.size();
      row.header_size = c.headerSize;
    }
    if (columns & PH_COL_ENVELOPE) row.envelope = str(c.envelope);
    if (columns & PH_COL_BODYSTRUCTURE) row.bodystructure = str(c.structure);
    if (columns & PH_COL_PARTS) row.parts = str(c.parts);
    if (columns & PH_COL_THREAD) row.thread = row.id;
    if (columns & PH_COL_THREADID) row.threadid = row.id;
    if (columns & PH_COL_REFERENCES) row.references = str(c.references);
    if (each(ctx, &row)) break;
  }
  return PH_OK;
}

template <class Wanted>
ph_status tellAnnotations(const ph_account& a, ph_each_annotation each, void* ctx, Wanted wanted) {
  for (const auto& [key, x] : a.annotations) {
    if (!wanted(key.first, x)) continue;
    auto out = sized<ph_annotation>();
    out.is_set = x.isSet;
    out.mailbox_id = key.first;
    out.modseq = x.modseq;
    out.entry = str(key.second);
    out.value = str(x.value);
    if (each(ctx, &out)) break;
  }
  return PH_OK;
}

// Messages that hold the words, in small pieces. A word that is short has no candidates, as in the host.
ph_status candidates(ph_account* a, uint64_t mailboxId, const ph_str* words, size_t count, uint64_t resume,
                     ph_each_uid each, void* ctx, uint64_t* out) {
  const Mailbox* m = a->find(mailboxId);
  ++a->store->lookups;
  *out = 0;
  if (!m) return PH_E_NOT_FOUND;
  std::vector<std::string> wanted;
  for (size_t i = 0; i < count; ++i) {
    if (view(words[i]).size() >= 3) wanted.push_back(charset::foldCase(view(words[i])));
  }
  if (!a->store->indexed || wanted.empty()) return PH_E_UNAVAILABLE;
  int given = 0;
  for (auto i = m->messages.lower_bound(static_cast<uint32_t>(resume)); i != m->messages.end(); ++i) {
    const Content& c = *a->contents.at(i->second.id);
    std::string all;
    const auto take = [&](const std::string& piece) { return all += piece + "\n", true; };
    mime::eachPiece(c.bytes, mime::parse(c.bytes), take);
    imap::eachEnvelopeText(c.envelope, take);
    const bool holds =
        std::all_of(wanted.begin(), wanted.end(), [&](const auto& w) { return all.find(w) != all.npos; });
    if (!holds) continue;
    if (given++ == kBatch) {
      *out = i->first;
      return PH_OK;
    }
    if (each(ctx, i->first)) break;
  }
  return PH_OK;
}

}  // namespace

void fillReading(ph_store& t) {
  t.open_account = [](const ph_host* h, ph_str name, ph_account** out) -> ph_status {
    Store& store = Store::of(h);
    const auto i = store.accounts.find(std::string(view(name)));
    if (i == store.accounts.end()) return PH_E_NOT_FOUND;
    i->second->host = h;
    ++store.opened;
    *out = i->second.get();
    return PH_OK;
  };
  t.retain_account = [](ph_account* a) { ++a->store->opened; };
  t.release_account = [](ph_account* a) { --a->store->opened; };
  t.watch = [](ph_account* a, void (*fn)(void*, uint64_t, uint64_t), void* ctx, uint64_t* id) -> ph_status {
    *id = a->nextWatch++;
    a->watchers[*id] = [fn, ctx](uint64_t mailbox, uint64_t modseq) { fn(ctx, mailbox, modseq); };
    ++a->store->watches;
    return PH_OK;
  };
  t.unwatch = [](ph_account* a, uint64_t id) { a->store->watches -= static_cast<int>(a->watchers.erase(id)); };
  t.mailboxes = [](ph_account* a, ph_each_mailbox each, void* ctx) -> ph_status {
    std::string keywords;
    for (const bool inbox : {true, false}) {
      for (const auto& [name, m] : a->mailboxes) {
        if ((name == "INBOX") != inbox || (!m.exists && !m.subscribed)) continue;
        const auto info = describe(*a, name, m, keywords);
        if (each(ctx, &info)) return PH_OK;
      }
    }
    return PH_OK;
  };
  t.mailbox = [](ph_account* a, ph_str name, ph_mailbox_info* out) -> ph_status {
    const auto i = a->mailboxes.find(std::string(view(name)));
    if (i == a->mailboxes.end() || !i->second.exists) return PH_E_NOT_FOUND;
    static std::string keywords;
    *out = describe(*a, i->first, i->second, keywords);
    return PH_OK;
  };
  t.view = [](ph_account* a, uint64_t id, ph_view** out) -> ph_status {
    const Mailbox* m = a->find(id);
    if (!m) return PH_E_NOT_FOUND;
    auto* v = new ph_view{a->store, m->modseq, {}};
    for (const auto& [uid, s] : m->messages) v->uids.push_back(uid);
    ++a->store->views;
    *out = v;
    return PH_OK;
  };
  t.release_view = [](ph_view* v) {
    --v->store->views;
    delete v;
  };
  t.view_modseq = [](const ph_view* v) { return v->modseq; };
  t.view_count = [](const ph_view* v) { return static_cast<uint32_t>(v->uids.size()); };
  t.view_uid = [](const ph_view* v, uint32_t seq) { return seq == 0 || seq > v->uids.size() ? 0 : v->uids[seq - 1]; };
  t.view_below = [](const ph_view* v, uint32_t uid) {
    return static_cast<uint32_t>(std::lower_bound(v->uids.begin(), v->uids.end(), uid) - v->uids.begin());
  };
  t.view_seq = [](const ph_view* v, uint32_t uid) -> uint32_t {
    const auto i = std::lower_bound(v->uids.begin(), v->uids.end(), uid);
    return i == v->uids.end() || *i != uid ? 0 : static_cast<uint32_t>(i - v->uids.begin() + 1);
  };
  t.changes = &changes;
  t.query = &query;
  t.candidates = &candidates;
  t.open = [](ph_account* a, uint64_t id, ph_message** out) -> ph_status {
    const auto i = a->contents.find(id);
    if (i == a->contents.end()) return PH_E_NOT_FOUND;
    *out = makeMessage(a->host, i->second->bytes);
    return PH_OK;
  };
  t.annotations = [](ph_account* a, uint64_t mailbox, ph_each_annotation each, void* ctx) {
    return tellAnnotations(*a, each, ctx, [&](uint64_t id, const Annotated& x) { return id == mailbox && x.isSet; });
  };
  t.annotations_since = [](ph_account* a, uint64_t since, ph_each_annotation each, void* ctx) {
    return tellAnnotations(*a, each, ctx, [&](uint64_t, const Annotated& x) { return x.modseq > since; });
  };
  t.usage = [](ph_account* a, ph_usage* out) -> ph_status {
    *out = ph_usage{sizeof(ph_usage), 0, a->bytes(), a->quota, 0};
    for (const auto& [name, m] : a->mailboxes) out->messages += m.messages.size();
    return PH_OK;
  };
}

}  // namespace ph::testkit
