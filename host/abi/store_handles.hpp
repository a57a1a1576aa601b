// What the store's opaque handles are inside the host. Internal to abi/store*.cpp.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "mail/message.hpp"
#include "ph/draft/host/store.h"
#include "ph/text.hpp"
#include "store/account.hpp"

struct ph_account {
  std::shared_ptr<posthouse::store::Account> account;
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

// A stored message behind the handle plugins read.
mail::Message* newStoredMessage(store::MessageFile file);

// The parts of the table, from the files of these names.
void fillStoreMailboxes(ph_store* table);
void fillStoreReading(ph_store* table);
void fillStoreWriting(ph_store* table);

}  // namespace posthouse::abi
