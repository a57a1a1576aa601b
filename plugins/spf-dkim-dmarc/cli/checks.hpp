// The checks as people ask for them on the command line: one JSON object each.
// Guarantees: Invalid says which argument is wrong; nothing else fails. Threads: pure but for the resolver.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/resolver.hpp"
#include "ph/json/value.hpp"
#include "ph/result.hpp"
#include "results/dkim_result.hpp"

namespace ph_mailauth {

// What a client said, as arguments.
struct ClientArguments {
  std::string ip, helo, mailFrom;
  std::string receiver;  // our name
  int64_t now = 0;       // Unix seconds
};

// How the signatures of a message are verified; empty: they are not.
using DkimVerifier = std::function<std::vector<DkimResult>(std::string_view message, Resolver& resolver)>;

ph::Result<ph::json::Value> spfCheck(const ClientArguments& client, Resolver& resolver);
ph::Result<ph::json::Value> dmarcCheck(const ClientArguments& client, std::string_view message, bool treeWalk,
                                       const DkimVerifier& verify, Resolver& resolver);

}  // namespace ph_mailauth
