// A call that may never return, waited for a while.
#pragma once

#include <chrono>
#include <functional>

namespace posthouse::plugin {

// Runs `fn` on a thread of its own. False: it did not return within `patience`; it goes on, and nothing it uses may
// ever be destroyed. Threads: any.
bool boundedCall(std::chrono::milliseconds patience, std::function<void()> fn);

}  // namespace posthouse::plugin
