// The options of signatures: which are verified, what is signed with, how keys live, whose seals are trusted.
// Threads: a value.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "dkim/sign.hpp"
#include "keys/keeper.hpp"
#include "ph/config.hpp"

namespace ph_mailauth::dkim {

struct DkimSettings {
  size_t maxSignatures = 8;
  bool partialBody = false;
  keys::Plan plan;
  SignOptions sign;  // without times and identity: those are the message's
  bool signIdentity = false;
  int64_t signLifetime = 0;  // seconds; 0: no x=
  bool failTemporarily = false;
  std::set<std::string> trustedSealers;  // A-labels

  // Invalid, with a text for the admin, when a value can't be used.
  static ph::Result<DkimSettings> from(const ph::Config& config);
};

// "90d", "12h", "30m", "45s", "never" (0) in seconds.
ph::Result<int64_t> parseSpan(std::string_view text);

}  // namespace ph_mailauth::dkim
