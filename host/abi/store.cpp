#include "store/store.hpp"

#include "abi/store_handles.hpp"
#include "abi/tables.hpp"
#include "accounts/accounts.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {

store::UidSet uidSet(const ph_range* ranges, size_t count) {
  store::UidSet out;
  out.reserve(count);
  for (size_t i = 0; i < count; ++i) out.push_back({ranges[i].first, ranges[i].last});
  return out;
}

store::FlagSet flagSet(uint32_t flags, std::string_view keywords) {
  static_assert(store::kSeen == PH_FLAG_SEEN && store::kAnswered == PH_FLAG_ANSWERED &&
                store::kFlagged == PH_FLAG_FLAGGED && store::kDeleted == PH_FLAG_DELETED &&
                store::kDraft == PH_FLAG_DRAFT);
  store::FlagSet out;
  out.flags = flags & store::kAllFlags;
  while (!keywords.empty()) {
    const size_t end = keywords.find(' ');
    if (const auto word = keywords.substr(0, end); !word.empty()) out.keywords.emplace_back(word);
    keywords = end == std::string_view::npos ? std::string_view() : keywords.substr(end + 1);
  }
  return out;
}

namespace {

ph_status openAccount(const ph_host* host, ph_str name, ph_account** out) {
  return guarded([&]() -> ph_status {
    auto& core = plugin::Instance::of(host)->core();
    if (!core.accounts->directory()->account(ph::view(name))) return PH_E_NOT_FOUND;
    auto account = core.store->openOrCreate(std::string(ph::view(name)));
    if (!account) return statusOf(account.error());
    *out = new ph_account{store::Viewer(std::move(*account)), core.accounts};
    return PH_OK;
  });
}

void retainAccount(ph_account* a) {
  a->refs.fetch_add(1, std::memory_order_relaxed);
}

void releaseAccount(ph_account* a) {
  if (a->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) delete a;
}

ph_status watch(ph_account* a, void (*fn)(void*, uint64_t, uint64_t), void* ctx, uint64_t* id) {
  return guarded([&]() -> ph_status {
    *id = a->viewer.watch([fn, ctx](const store::Notice& n) {
      constexpr uint32_t kList = store::Notice::MailboxMade | store::Notice::MailboxGone |
                                 store::Notice::MailboxRenamed | store::Notice::Subscription | store::Notice::Rights;
      fn(ctx, n.kind & kList ? 0 : static_cast<uint64_t>(n.mailbox), static_cast<uint64_t>(n.modSeq));
    });
    return PH_OK;
  });
}

void unwatch(ph_account* a, uint64_t id) {
  a->viewer.unwatch(id);
}

ph_store makeTable() {
  auto t = ph::sized<ph_store>();
  t.open_account = openAccount;
  t.retain_account = retainAccount;
  t.release_account = releaseAccount;
  t.watch = watch;
  t.unwatch = unwatch;
  fillStoreMailboxes(&t);
  fillStoreReading(&t);
  fillStoreWriting(&t);
  fillStoreSharing(&t);
  return t;
}

}  // namespace

const void* storeTable() {
  static const ph_store table = makeTable();
  return &table;
}

}  // namespace posthouse::abi
