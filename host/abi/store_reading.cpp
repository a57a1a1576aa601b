#include <algorithm>
#include <mutex>
#include <vector>

#include "abi/store_handles.hpp"
#include "store/search/account_search.hpp"

namespace posthouse::abi {
namespace {

constexpr size_t kMaxRows = 256;
constexpr size_t kMaxBytes = 256 * 1024;

class StoredMessage : public mail::Message {
 public:
  explicit StoredMessage(store::MessageFile file) : file_(std::move(file)) {}
  uint64_t length() const override { return file_.size(); }
  ph_status read(uint64_t offset, void* buffer, size_t size, size_t* out) const override {
    *out = 0;
    const auto n = file_.read(offset, buffer, size);
    if (!n) return statusOf(n.error());
    *out = *n;
    return PH_OK;
  }
  bool view(size_t max, std::string_view* out) const override {
    if (file_.size() > max) return false;
    std::lock_guard lock(mutex_);
    if (loaded_.size() != file_.size()) {
      std::string text(file_.size(), '\0');
      const auto n = file_.read(0, text.data(), text.size());
      if (!n || *n != text.size()) return false;
      loaded_ = std::move(text);
    }
    *out = loaded_;
    return true;
  }

 private:
  const store::MessageFile file_;
  mutable std::mutex mutex_;
  mutable std::string loaded_;
};

ph_status view(ph_account* a, uint64_t mailbox, ph_view** out) {
  return guarded([&]() -> ph_status {
    auto v = a->viewer.view(static_cast<store::MailboxId>(mailbox));
    if (!v) return statusOf(v.error());
    *out = new ph_view{std::move(*v)};
    return PH_OK;
  });
}

void releaseView(ph_view* v) {
  delete v;
}
uint64_t viewModseq(const ph_view* v) {
  return static_cast<uint64_t>(v->view->modSeq());
}
uint32_t viewCount(const ph_view* v) {
  return v->view->count();
}
uint32_t viewUid(const ph_view* v, uint32_t seq) {
  return v->view->uidAt(seq);
}
uint32_t viewSeq(const ph_view* v, uint32_t uid) {
  return v->view->seqOf(uid);
}
uint32_t viewBelow(const ph_view* v, uint32_t uid) {
  return uid == 0 ? 0 : v->view->countTo(uid - 1);
}

ph_change changeOf(int32_t kind, uint32_t uid) {
  auto c = ph::sized<ph_change>();
  c.kind = kind;
  c.uid = uid;
  return c;
}

ph_status changes(ph_account* a, uint64_t mailbox, uint64_t since, ph_each_change each, void* ctx) {
  return guarded([&]() -> ph_status {
    const auto found =
        a->viewer.changesSince(static_cast<store::MailboxId>(mailbox), static_cast<store::ModSeq>(since));
    if (!found) return statusOf(found.error());
    std::vector<ph_change> list;
    list.reserve(found->vanished.size() + found->flags.size());
    for (const store::Uid uid : found->vanished) list.push_back(changeOf(PH_CHANGE_EXPUNGED, uid));
    for (const auto& row : found->flags) {
      const bool fresh = std::binary_search(found->added.begin(), found->added.end(), row.uid);
      ph_change c = changeOf(fresh ? PH_CHANGE_NEW : PH_CHANGE_FLAGS, row.uid);
      c.modseq = static_cast<uint64_t>(row.modSeq);
      c.flags = row.flags;
      c.keywords = ph::str(row.keywords);
      list.push_back(c);
    }
    std::sort(list.begin(), list.end(), [](const auto& x, const auto& y) { return x.uid < y.uid; });
    for (const auto& c : list) {
      if (each(ctx, &c) != 0) break;
    }
    return PH_OK;
  });
}

uint32_t columnsOf(uint32_t columns) {
  uint32_t out = 0;
  if (columns & PH_COL_KEYWORDS) out |= store::kKeywords;
  if (columns & PH_COL_DATES) out |= store::kSize | store::kSaved;
  if (columns & PH_COL_SIZE) out |= store::kSize;
  if (columns & PH_COL_ENVELOPE) out |= store::kEnvelope;
  if (columns & PH_COL_BODYSTRUCTURE) out |= store::kStructure;
  if (columns & PH_COL_PARTS) out |= store::kParts;
  if (columns & PH_COL_THREAD) out |= store::kThread;
  if (columns & PH_COL_THREADID) out |= store::kThreadId;
  if (columns & PH_COL_REFERENCES) out |= store::kReferences;
  return out;
}

ph_row rowOf(const store::Row& r, uint64_t realm) {
  auto out = ph::sized<ph_row>();
  out.uid = r.uid;
  out.id = static_cast<uint64_t>(r.id);
  out.modseq = static_cast<uint64_t>(r.modSeq);
  out.flags = r.flags;
  out.zone_minutes = r.zone;
  out.internal_date = r.date;
  out.save_date = r.saved;
  out.rfc822_size = r.size;
  out.header_size = r.headerSize;
  out.keywords = ph::str(r.keywords);
  out.envelope = ph::str(r.envelope);
  out.bodystructure = ph::str(r.structure);
  out.parts = ph::str(r.parts);
  out.thread = static_cast<uint64_t>(r.thread);
  out.parent = static_cast<uint64_t>(r.parent);
  out.threadid = static_cast<uint64_t>(r.threadId);
  out.realm = realm;
  out.references = ph::str(r.references);
  return out;
}

size_t bytesOf(const store::Row& r) {
  return r.keywords.size() + r.envelope.size() + r.structure.size() + r.parts.size() + r.references.size() + sizeof r;
}

ph_status query(ph_account* a, uint64_t mailbox, const ph_range* ranges, size_t count, uint32_t columns,
                uint32_t resume, ph_each_row each, void* ctx, uint32_t* next) {
  return guarded([&]() -> ph_status {
    *next = 0;
    const uint32_t wanted = columnsOf(columns);
    size_t rows = 0;
    size_t bytes = 0;
    const auto* end = ranges + count;
    const auto* r = std::partition_point(ranges, end, [&](const ph_range& x) { return x.last < resume; });
    for (; r != end; ++r) {
      uint32_t from = std::max(r->first, resume);
      while (from != 0 && from <= r->last) {
        if (rows >= kMaxRows || bytes >= kMaxBytes) {
          *next = from;
          return PH_OK;
        }
        const auto batch = a->viewer.query(static_cast<store::MailboxId>(mailbox), from, r->last, wanted,
                                           kMaxRows - rows, kMaxBytes - bytes);
        if (!batch) return statusOf(batch.error());
        for (const auto& row : batch->rows) {
          ++rows;
          bytes += bytesOf(row);
          const ph_row out = rowOf(row, a->viewer.realm());
          if (each(ctx, &out) != 0) return PH_OK;
        }
        from = batch->next;
      }
    }
    return PH_OK;
  });
}

ph_status open(ph_account* a, uint64_t id, ph_message** out) {
  return guarded([&]() -> ph_status {
    auto file = a->viewer.open(static_cast<store::MessageId>(id));
    if (!file) return statusOf(file.error());
    *out = newStoredMessage(std::move(*file))->handle();
    return PH_OK;
  });
}

ph_status candidates(ph_account* a, uint64_t mailbox, const ph_str* words, size_t count, uint64_t resume,
                     ph_each_uid each, void* ctx, uint64_t* next) {
  return guarded([&]() -> ph_status {
    *next = 0;
    std::vector<std::string> list;
    for (size_t i = 0; i < count; ++i) list.emplace_back(ph::view(words[i]));
    const auto found =
        a->viewer.candidates(static_cast<store::MailboxId>(mailbox), list, static_cast<store::MessageId>(resume));
    if (!found) return statusOf(found.error());
    for (const auto uid : found->uids) {
      if (each(ctx, uid) != 0) return PH_OK;
    }
    *next = static_cast<uint64_t>(found->next);
    return PH_OK;
  });
}

ph_status usage(ph_account* a, ph_usage* out) {
  return guarded([&]() -> ph_status {
    const auto u = a->viewer.usage();
    if (!u) return statusOf(u.error());
    *out = ph::sized<ph_usage>();
    out->bytes = u->bytes;
    out->limit = u->limit;
    out->messages = u->messages;
    return PH_OK;
  });
}

ph_status tellAnnotations(const ph::Result<std::vector<store::Annotation>>& list, ph_each_annotation each, void* ctx) {
  if (!list) return statusOf(list.error());
  for (const auto& annotation : *list) {
    auto out = ph::sized<ph_annotation>();
    out.is_set = annotation.value ? 1 : 0;
    out.mailbox_id = static_cast<uint64_t>(annotation.mailbox);
    out.modseq = static_cast<uint64_t>(annotation.modSeq);
    out.entry = ph::str(annotation.entry);
    if (annotation.value) out.value = ph::str(*annotation.value);
    if (each(ctx, &out) != 0) break;
  }
  return PH_OK;
}

ph_status annotations(ph_account* a, uint64_t mailbox, ph_each_annotation each, void* ctx) {
  return guarded(
      [&] { return tellAnnotations(a->viewer.annotations(static_cast<store::MailboxId>(mailbox)), each, ctx); });
}

ph_status annotationsSince(ph_account* a, uint64_t since, ph_each_annotation each, void* ctx) {
  return guarded(
      [&] { return tellAnnotations(a->viewer.annotationsSince(static_cast<store::ModSeq>(since)), each, ctx); });
}

}  // namespace

mail::Message* newStoredMessage(store::MessageFile file) {
  return new StoredMessage(std::move(file));
}

void fillStoreReading(ph_store* t) {
  t->view = view;
  t->release_view = releaseView;
  t->view_modseq = viewModseq;
  t->view_count = viewCount;
  t->view_uid = viewUid;
  t->view_seq = viewSeq;
  t->view_below = viewBelow;
  t->changes = changes;
  t->query = query;
  t->open = open;
  t->usage = usage;
  t->annotations = annotations;
  t->annotations_since = annotationsSince;
  t->candidates = candidates;
}

}  // namespace posthouse::abi
