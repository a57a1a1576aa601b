// Sharing mailboxes: the part of ph.store/1 about rights, and about more than one account. RFC 4314.
#include <algorithm>

#include "abi/store_handles.hpp"
#include "accounts/accounts.hpp"
#include "accounts/acl_identifier.hpp"
#include "plugin/instance.hpp"
#include "store/store.hpp"

namespace posthouse::abi {
namespace {

namespace right = store::right;
static_assert(right::kLookup == PH_RIGHT_LOOKUP && right::kRead == PH_RIGHT_READ && right::kSeen == PH_RIGHT_SEEN &&
              right::kWrite == PH_RIGHT_WRITE && right::kInsert == PH_RIGHT_INSERT && right::kPost == PH_RIGHT_POST &&
              right::kCreate == PH_RIGHT_CREATE && right::kDeleteMailbox == PH_RIGHT_DELETE_MAILBOX &&
              right::kDeleteMessages == PH_RIGHT_DELETE_MESSAGES && right::kExpunge == PH_RIGHT_EXPUNGE &&
              right::kAdminister == PH_RIGHT_ADMINISTER && right::kAll == PH_RIGHT_ALL);

ph_status openShared(const ph_host* host, ph_str owner, ph_str viewer, ph_account** out) {
  return guarded([&]() -> ph_status {
    auto& core = plugin::Instance::of(host)->core();
    // What was removed from the configuration is still on the disk, and nobody's business.
    if (!core.accounts->directory()->account(ph::view(owner)) || viewer.len == 0) return PH_E_NOT_FOUND;
    const std::string name(ph::view(viewer));
    auto account = core.store->openShared(std::string(ph::view(owner)), name);
    if (!account) return statusOf(account.error());
    *out = new ph_account{store::Viewer(std::move(*account), name), core.accounts};
    return PH_OK;
  });
}

ph_status sharers(const ph_host* host, ph_str viewer, ph_each_sharer each, void* ctx) {
  return guarded([&]() -> ph_status {
    auto& core = plugin::Instance::of(host)->core();
    const auto directory = core.accounts->directory();
    for (const auto& name : core.store->sharers(ph::view(viewer))) {
      if (directory->account(name) && each(ctx, ph::str(name)) != 0) break;
    }
    return PH_OK;
  });
}

ph_status rights(ph_account* a, uint64_t mailbox, uint32_t* out) {
  return guarded([&]() -> ph_status {
    const auto found = a->viewer.rights(static_cast<store::MailboxId>(mailbox));
    if (!found) return statusOf(found.error());
    *out = *found;
    return PH_OK;
  });
}

ph_status acl(ph_account* a, uint64_t mailbox, ph_each_acl_entry each, void* ctx) {
  return guarded([&]() -> ph_status {
    const auto entries = a->viewer.acl(static_cast<store::MailboxId>(mailbox));
    if (!entries) return statusOf(entries.error());
    for (const auto& e : *entries) {
      auto out = ph::sized<ph_acl_entry>();
      out.rights = e.rights;
      out.identifier = ph::str(e.identifier);
      if (each(ctx, &out) != 0) break;
    }
    return PH_OK;
  });
}

ph_status setAcl(ph_account* a, uint64_t mailbox, ph_str identifier, int32_t mode, uint32_t rights, ph_error* e) {
  return guarded([&]() -> ph_status {
    if (mode < PH_ACL_REPLACE || mode > PH_ACL_REMOVE) return PH_E_INVALID;
    const auto id = static_cast<store::MailboxId>(mailbox);
    // Before anything is told about names.
    if (auto may = a->viewer.need(id, right::kAdminister, right::kLookup); !may) return statusOf(may.error(), e);
    auto name = std::string(ph::view(identifier));
    // Entries of accounts that are gone can still be taken away.
    const auto entries = a->viewer.acl(id);
    const bool known = entries && std::any_of(entries->begin(), entries->end(),
                                              [&](const auto& entry) { return entry.identifier == name; });
    if (!known) {
      const auto resolved = accounts::resolveIdentifier(*a->accounts->directory(), name);
      if (!resolved) return statusOf(resolved.error(), e);
      name = *resolved;
    }
    constexpr store::AclMode kModes[] = {store::AclMode::Replace, store::AclMode::Add, store::AclMode::Remove};
    return ph::fromStatus(a->viewer.setAcl(id, name, kModes[mode], rights), e);
  });
}

ph_status listRights(ph_account* a, uint64_t mailbox, ph_str identifier, uint32_t* always, uint32_t* possible) {
  return guarded([&]() -> ph_status {
    const auto id = static_cast<store::MailboxId>(mailbox);
    if (auto may = a->viewer.need(id, right::kAdminister, right::kLookup); !may) return statusOf(may.error());
    const auto name = accounts::resolveIdentifier(*a->accounts->directory(), ph::view(identifier));
    if (!name) return statusOf(name.error());
    const auto& owner = a->viewer.account().name();
    *always = *name == owner ? right::kAll : 0;
    *possible = *name == owner || *name == "-" + owner ? 0 : right::kAll;
    return PH_OK;
  });
}

ph_status transfer(ph_account* a, uint64_t mailbox, const ph_range* ranges, size_t count, ph_account* target,
                   uint64_t targetId, int32_t moving, ph_each_change each, void* ctx, ph_error* e) {
  return guarded([&] {
    return reportCopied(a->viewer.copyTo(target->viewer, static_cast<store::MailboxId>(mailbox), uidSet(ranges, count),
                                         static_cast<store::MailboxId>(targetId), moving != 0),
                        each, ctx, e);
  });
}

}  // namespace

void fillStoreSharing(ph_store* t) {
  t->open_shared = openShared;
  t->sharers = sharers;
  t->rights = rights;
  t->acl = acl;
  t->set_acl = setAcl;
  t->list_rights = listRights;
  t->transfer = transfer;
}

}  // namespace posthouse::abi
