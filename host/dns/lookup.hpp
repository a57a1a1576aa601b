// One question through to its answer: server after server, try after try, CNAME after CNAME.
// Guarantees: `then` is called exactly once, not after `end` (unless the engine ends before). Nobody but a trusted
// server may speak after a trusted one has failed to answer: else a forger would only have to wait for bogus
// signatures. What failed is kept for some seconds, RFC 9520 3.2. Threads: any; `then` on an engine worker or on the
// caller.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "dns/servers.hpp"
#include "dns/types.hpp"
#include "net/engine.hpp"

namespace posthouse::dns {

// How long the first, the second... try of one name waits; the last is the time of all further ones.
using Patience = std::vector<std::chrono::milliseconds>;

void lookUp(net::Engine& engine, std::shared_ptr<Servers> servers, const Question& question, const Patience& patience,
            net::Clock::time_point end, std::function<void(Answer)> then);

}  // namespace posthouse::dns
