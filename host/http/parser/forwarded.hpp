// For whom a proxy speaks, by Forwarded (RFC 7239) or X-Forwarded-For.
// Guarantees: only what trusted proxies have added counts; of two kinds of fields the one that is configured, since the
// other one is the client's. Threads: pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/parser/fields.hpp"

namespace posthouse::http {

enum class ForwardedBy { Nothing, Forwarded, XForwardedFor };

struct Origin {
  std::string ip;              // empty: not known beyond the proxy
  std::optional<bool> secure;  // whether it came to the first proxy by TLS, if that says so
};

// Walks from the last proxy towards the client, as long as `trusted` holds for who is named. Addresses
// are without port and brackets, in their canonical form.
Origin originOf(const Fields& fields, ForwardedBy by, const std::function<bool(const std::string& ip)>& trusted);

}  // namespace posthouse::http
