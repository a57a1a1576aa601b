#include <deque>
#include <limits>
#include <optional>
#include <vector>

#include "abi/store_handles.hpp"
#include "store/message_source.hpp"

namespace posthouse::abi {
namespace {

using store::MailboxId;

void report(ph_each_change each, void* ctx, int32_t kind, uint32_t uid, uint32_t newUid, uint64_t modseq,
            uint32_t flags = 0, std::string_view keywords = {}) {
  if (!each) return;
  auto c = ph::sized<ph_change>();
  c.kind = kind;
  c.uid = uid;
  c.new_uid = newUid;
  c.modseq = modseq;
  c.flags = flags;
  c.keywords = ph::str(keywords);
  each(ctx, &c);
}

store::AppendRequest requestOf(const ph_append& in, store::MessageSource& source) {
  store::AppendRequest r;
  r.mailbox = ph::view(in.mailbox);
  r.createMailbox = in.create_mailbox != 0;
  r.source = &source;
  r.flags = flagSet(in.flags, ph::view(in.keywords));
  r.date = in.internal_date;
  r.zone = in.zone_minutes;
  r.deliveryKey = ph::view(in.delivery_key);
  return r;
}

ph_appended appendedOf(const store::Appended& a) {
  auto out = ph::sized<ph_appended>();
  out.uid = a.uid;
  out.id = static_cast<uint64_t>(a.id);
  out.modseq = static_cast<uint64_t>(a.modSeq);
  out.uidvalidity = a.uidValidity;
  return out;
}

ph_status append(ph_account* a, const ph_append* in, ph_appended* out, ph_error* e) {
  return guarded([&]() -> ph_status {
    store::MessageSource source(*mail::Message::from(in->message));
    const auto done = a->viewer.append(requestOf(*in, source));
    if (!done) return statusOf(done.error(), e);
    *out = appendedOf(*done);
    return PH_OK;
  });
}

ph_status appendAll(ph_account* a, const ph_append* const* messages, size_t count, const ph_replaced* replaced,
                    ph_each_appended each, void* ctx, ph_error* e) {
  return guarded([&]() -> ph_status {
    std::deque<store::MessageSource> sources;
    std::vector<store::AppendRequest> requests;
    for (size_t i = 0; i < count; ++i) {
      sources.emplace_back(*mail::Message::from(messages[i]->message));
      requests.push_back(requestOf(*messages[i], sources.back()));
    }
    std::optional<store::Replaced> old;
    if (replaced) old = store::Replaced{static_cast<MailboxId>(replaced->mailbox_id), replaced->uid};
    const auto done = a->viewer.appendAll(requests, old);
    if (!done) return statusOf(done.error(), e);
    for (const auto& one : *done) {
      const ph_appended out = appendedOf(one);
      each(ctx, &out);
    }
    return PH_OK;
  });
}

ph_status annotate(ph_account* a, uint64_t mailbox, const ph_annotation* const* changes, size_t count, ph_error* e) {
  return guarded([&]() -> ph_status {
    std::vector<store::Annotation> list(count);
    for (size_t i = 0; i < count; ++i) {
      list[i].entry = ph::view(changes[i]->entry);
      if (changes[i]->is_set) list[i].value = std::string(ph::view(changes[i]->value));
    }
    return ph::fromStatus(a->viewer.annotate(static_cast<MailboxId>(mailbox), list), e);
  });
}

ph_status storeFlags(ph_account* a, uint64_t mailbox, const ph_range* ranges, size_t count, const ph_store_flags* in,
                     ph_each_change each, void* ctx, ph_error* e) {
  return guarded([&]() -> ph_status {
    if (in->mode < PH_FLAGS_ADD || in->mode > PH_FLAGS_REPLACE) return PH_E_INVALID;
    store::FlagChange change;
    change.mode = static_cast<store::FlagChange::Mode>(in->mode);
    change.what = flagSet(in->flags, ph::view(in->keywords));
    if (in->unchanged_since != std::numeric_limits<uint64_t>::max())
      change.unchangedSince = static_cast<store::ModSeq>(in->unchanged_since);
    const auto done = a->viewer.setFlags(static_cast<MailboxId>(mailbox), uidSet(ranges, count), change);
    if (!done) return statusOf(done.error(), e);
    for (const auto& row : done->changed) {
      report(each, ctx, PH_CHANGE_FLAGS, row.uid, 0, static_cast<uint64_t>(row.modSeq), row.flags, row.keywords);
    }
    for (const store::Uid uid : done->refused) report(each, ctx, PH_CHANGE_REFUSED, uid, 0, 0);
    return PH_OK;
  });
}

ph_status copy(ph_account* a, uint64_t mailbox, const ph_range* ranges, size_t count, uint64_t target,
               ph_each_change each, void* ctx, ph_error* e) {
  return guarded([&] {
    return reportCopied(
        a->viewer.copy(static_cast<MailboxId>(mailbox), uidSet(ranges, count), static_cast<MailboxId>(target)), each,
        ctx, e);
  });
}

ph_status move(ph_account* a, uint64_t mailbox, const ph_range* ranges, size_t count, uint64_t target,
               ph_each_change each, void* ctx, ph_error* e) {
  return guarded([&] {
    return reportCopied(
        a->viewer.move(static_cast<MailboxId>(mailbox), uidSet(ranges, count), static_cast<MailboxId>(target)), each,
        ctx, e);
  });
}

ph_status expunge(ph_account* a, uint64_t mailbox, const ph_range* ranges, size_t count, ph_each_change each, void* ctx,
                  ph_error* e) {
  return guarded([&]() -> ph_status {
    const auto done = a->viewer.expunge(static_cast<MailboxId>(mailbox), uidSet(ranges, count));
    if (!done) return statusOf(done.error(), e);
    for (const store::Uid uid : done->uids)
      report(each, ctx, PH_CHANGE_EXPUNGED, uid, 0, static_cast<uint64_t>(done->modSeq));
    return PH_OK;
  });
}

}  // namespace

ph_status reportCopied(const ph::Result<store::Copied>& done, ph_each_change each, void* ctx, ph_error* e) {
  if (!done) return statusOf(done.error(), e);
  for (const auto& [from, to] : done->uids)
    report(each, ctx, PH_CHANGE_NEW, from, to, static_cast<uint64_t>(done->modSeq));
  return PH_OK;
}

void fillStoreWriting(ph_store* t) {
  t->append = append;
  t->store_flags = storeFlags;
  t->copy = copy;
  t->move = move;
  t->expunge = expunge;
  t->append_all = appendAll;
  t->annotate = annotate;
}

}  // namespace posthouse::abi
