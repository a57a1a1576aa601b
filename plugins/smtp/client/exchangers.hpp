// Which servers take mail for a domain, in the order to try them, and where they are.
// Guarantees: `then` is called once; failures are outcomes. Threads: any; nothing here blocks.
// RFC 5321 5.1, RFC 7505, RFC 7672 2.2.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/hint.hpp"
#include "client/outcome.hpp"
#include "ph/dns.hpp"

namespace ph_smtp::client {

inline constexpr size_t kMaxExchangers = 16;
inline constexpr size_t kMaxAddresses = 8;  // of a server, in each family

struct Exchangers {
  std::vector<std::string> hosts;  // equal preferences in any order
  bool secure = false;             // DNSSEC vouches for the list
  bool implicit = false;           // no MX: the domain itself
  std::optional<Outcome> failure;  // there are none
};

// `self`: our name; it and those after it are left out (RFC 5321 5.1).
void findExchangers(const ph::Dns& dns, std::string domain, std::string self, std::function<void(Exchangers)> then);

struct Located {
  Addresses addresses;
  std::string canonical;  // after CNAMEs
  bool secure = false;
  bool temporary = false;  // without addresses: asking again may help
  std::string text;
};

// `families`: PH_ROUTE_IPV4 and IPV6.
void locate(const ph::Dns& dns, std::string host, uint32_t families, std::function<void(Located)> then);

}  // namespace ph_smtp::client
