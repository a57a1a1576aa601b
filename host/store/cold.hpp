// The rows of a message's content: what is computed once, shared by its copies. Internal to the store.
#pragma once

#include "store/change.hpp"
#include "store/describe.hpp"
#include "store/meta.hpp"
#include "store/threads.hpp"

namespace posthouse::store {

// `offset`, `size`: of the visible message in its file. The thread it was put into.
ph::Result<ThreadPlace> insertCold(Step& step, const Meta& meta, std::size_t offset, std::size_t size,
                                   const Description& description);

// false: it was gone already. `keepDelivery`: what is known of how it came stays, because it may be restored.
ph::Result<bool> removeCold(Step& step, MessageId id, bool keepDelivery = false);

}  // namespace posthouse::store
