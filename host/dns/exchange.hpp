// One question to one server: over UDP, and over TCP when the answer does not fit or its name has changed case.
// RFC 5452 9, RFC 7766 5.
// Guarantees: a socket, a port and an id of its own for each question, taken from the kernel and from OpenSSL's random
// numbers; what is not the answer to this question, from this server, is passed over. `then` is called exactly once,
// unless the engine ends before. No thread waits. Threads: any; `then` runs on an engine worker or on the caller.
#pragma once

#include <functional>
#include <string>

#include "dns/wire.hpp"
#include "net/address.hpp"
#include "net/engine.hpp"

namespace posthouse::dns {

struct Heard {
  enum class Kind {
    Reply,
    Silence,  // nothing in time
    Broken,   // unreachable, or what it says is no message
  };
  Kind kind = Kind::Silence;
  Reply reply;
  std::string problem;
};

// Silence at `udpEnd`; when TCP is needed, at `tcpEnd`.
void exchange(net::Engine& engine, const net::Address& server, const Question& question, bool edns,
              net::Clock::time_point udpEnd, net::Clock::time_point tcpEnd, std::function<void(Heard)> then);

}  // namespace posthouse::dns
