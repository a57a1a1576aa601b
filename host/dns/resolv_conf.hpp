// The system's list of resolvers, resolv.conf(5). Threads: pure.
#pragma once

#include <string_view>
#include <vector>

#include "net/address.hpp"

namespace posthouse::dns {

struct ResolvConf {
  std::vector<net::Address> resolvers;  // without any: the one on this machine
  bool trustAd = false;                 // "options trust-ad": the admin vouches for them
};
ResolvConf parseResolvConf(std::string_view text);

}  // namespace posthouse::dns
