#include "abi/store_handles.hpp"

namespace posthouse::abi {
namespace {

using store::Mailbox;
using store::Use;

uint32_t useBit(Use use) {
  switch (use) {
    case Use::All:
      return PH_USE_ALL;
    case Use::Archive:
      return PH_USE_ARCHIVE;
    case Use::Drafts:
      return PH_USE_DRAFTS;
    case Use::Flagged:
      return PH_USE_FLAGGED;
    case Use::Junk:
      return PH_USE_JUNK;
    case Use::Sent:
      return PH_USE_SENT;
    case Use::Trash:
      return PH_USE_TRASH;
    case Use::Important:
      return PH_USE_IMPORTANT;
    case Use::None:
      break;
  }
  return 0;
}

// A mailbox has one use; of several bits the lowest counts.
Use useOf(uint32_t bits) {
  for (const Use use :
       {Use::All, Use::Archive, Use::Drafts, Use::Flagged, Use::Important, Use::Junk, Use::Sent, Use::Trash}) {
    if (bits & useBit(use)) return use;
  }
  return Use::None;
}

ph_mailbox_info infoOf(const Mailbox& m, const store::Viewer& viewer) {
  auto out = ph::sized<ph_mailbox_info>();
  out.use = useBit(m.use);
  out.id = static_cast<uint64_t>(m.id);
  out.name = ph::str(m.name);
  out.subscribed = m.subscribed ? 1 : 0;
  out.has_children = m.hasChildren ? 1 : 0;
  out.exists = m.exists ? 1 : 0;
  out.uidvalidity = m.uidValidity;
  out.uidnext = m.uidNext;
  out.messages = m.messages;
  out.unseen = m.unseen;
  out.deleted = m.deleted;
  out.bytes = m.size;
  out.highestmodseq = static_cast<uint64_t>(m.highestModSeq);
  out.keywords = ph::str(m.keywords);
  out.rights = viewer.rights(m.id).valueOr(0);
  out.realm = viewer.realm();
  return out;
}

ph_status mailboxes(ph_account* a, ph_each_mailbox each, void* ctx) {
  return guarded([&]() -> ph_status {
    const auto list = a->viewer.mailboxes();
    if (!list) return statusOf(list.error());
    for (const auto& m : *list) {
      const ph_mailbox_info info = infoOf(m, a->viewer);
      if (each(ctx, &info) != 0) break;
    }
    return PH_OK;
  });
}

ph_status mailbox(ph_account* a, ph_str name, ph_mailbox_info* out) {
  return guarded([&]() -> ph_status {
    thread_local Mailbox last;  // keeps the strings until this thread's next call
    auto m = a->viewer.mailbox(ph::view(name));
    if (!m) return statusOf(m.error());
    last = std::move(*m);
    *out = infoOf(last, a->viewer);
    return PH_OK;
  });
}

ph_status create(ph_account* a, ph_str name, uint32_t use, ph_error* e) {
  return guarded([&]() -> ph_status {
    const auto made = a->viewer.createMailbox(ph::view(name), useOf(use));
    return made ? PH_OK : statusOf(made.error(), e);
  });
}

ph_status remove(ph_account* a, ph_str name, ph_error* e) {
  return guarded([&] { return ph::fromStatus(a->viewer.deleteMailbox(ph::view(name)), e); });
}

ph_status rename(ph_account* a, ph_str from, ph_str to, ph_error* e) {
  return guarded([&] { return ph::fromStatus(a->viewer.renameMailbox(ph::view(from), ph::view(to)), e); });
}

ph_status subscribe(ph_account* a, ph_str name, int32_t on, ph_error* e) {
  return guarded([&] { return ph::fromStatus(a->viewer.subscribe(ph::view(name), on != 0), e); });
}

}  // namespace

void fillStoreMailboxes(ph_store* t) {
  t->mailboxes = mailboxes;
  t->mailbox = mailbox;
  t->create_mailbox = create;
  t->delete_mailbox = remove;
  t->rename_mailbox = rename;
  t->subscribe = subscribe;
}

}  // namespace posthouse::abi
