// Signatures and seals as people ask for them on the command line: one JSON object each.
// Guarantees: Invalid says which argument is wrong. Threads: pure but for the resolver.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dkim/verify.hpp"
#include "dns/resolver.hpp"
#include "ph/json/value.hpp"

namespace ph_mailauth {

struct SignArguments {
  std::string domain, selector;
  std::string key;               // PEM, or 32 octets in base64: Ed25519
  std::string canonicalisation;  // "relaxed/simple"; empty: relaxed/relaxed
  std::optional<std::string> identity;
  std::optional<int64_t> timestamp, lifetime, length;
};

ph::Result<ph::json::Value> dkimVerify(std::string_view message, Resolver& resolver, const dkim::VerifyPolicy& policy,
                                       const std::string& hostname);
ph::Result<ph::json::Value> dkimSign(std::string_view message, const SignArguments& arguments);
ph::Result<ph::json::Value> arcVerify(std::string_view message, Resolver& resolver);
// `results`: what is to stand in ARC-Authentication-Results. The chain so far is verified first.
ph::Result<ph::json::Value> arcSeal(std::string_view message, const SignArguments& arguments,
                                    const std::string& results, Resolver& resolver, int64_t now);

}  // namespace ph_mailauth
