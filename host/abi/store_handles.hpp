// What the store's opaque handles are inside the host. Internal to abi/store*.cpp.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "mail/message.hpp"
#include "ph/draft/host/store.h"
#include "ph/text.hpp"
#include "store/viewer.hpp"

namespace posthouse::accounts {
class Accounts;
}

struct ph_account {
  posthouse::store::Viewer viewer;
  posthouse::accounts::Accounts* accounts;
  std::atomic<int> refs{1};
};

struct ph_view {
  std::shared_ptr<const posthouse::store::View> view;
};

namespace posthouse::abi {

inline ph_status statusOf(const ph::Error& e, ph_error* out = nullptr) {
  ph::fill(out, e.text);
  return static_cast<ph_status>(e.kind);
}

// Exceptions (memory, bugs) must not cross into a plugin.
template <class F>
ph_status guarded(F&& f) noexcept {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    return PH_E_LIMIT;
  } catch (...) {
    return PH_E_BUG;
  }
}

store::UidSet uidSet(const ph_range* ranges, size_t count);
store::FlagSet flagSet(uint32_t flags, std::string_view keywords);

// Tells each message of a copy or move.
ph_status reportCopied(const ph::Result<store::Copied>& done, ph_each_change each, void* ctx, ph_error* error);

// A stored message behind the handle plugins read.
mail::Message* newStoredMessage(store::MessageFile file);

// The parts of the table, from the files of these names.
void fillStoreMailboxes(ph_store* table);
void fillStoreReading(ph_store* table);
void fillStoreWriting(ph_store* table);
void fillStoreSharing(ph_store* table);

}  // namespace posthouse::abi
