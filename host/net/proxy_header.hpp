// The PROXY protocol's header, versions 1 and 2: which client a proxy speaks for. The text of the specification is
// HAProxy's "The PROXY protocol, Versions 1 & 2".
// Guarantees: a pure function of the bytes; never asks for more than kMaxProxyHeader of them. Threads: any.
#pragma once

#include <cstddef>
#include <string_view>

#include "net/address.hpp"

namespace posthouse::net {

// Version 1 has at most 107 bytes. Version 2 has 16 and what follows: addresses and extras; more than this is refused.
inline constexpr size_t kMaxProxyHeader = 4096;

struct ProxyHeader {
  enum class State {
    More,     // all bytes belong to the header, and it goes on
    Invalid,  // this is no header
    Own,      // the proxy speaks for itself (LOCAL), or can't say for whom (UNKNOWN): the socket's addresses hold
    Client,   // it speaks for `source`
  };
  State state = State::More;
  size_t size = 0;              // of the header, when it is complete
  Address source, destination;  // State::Client
};

ProxyHeader parseProxyHeader(std::string_view bytes);

}  // namespace posthouse::net
