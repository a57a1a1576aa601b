#include "settings.hpp"

#include <algorithm>
#include <limits>

#include "ph/text/ascii.hpp"

namespace ph_imap {

namespace {

constexpr int64_t kMaxMs = std::numeric_limits<uint32_t>::max();
// RFC 7889 3: APPENDLIMIT is a number of 32 bits; a literal may be larger, but clients need not understand that.
constexpr uint64_t kMaxAppend = std::numeric_limits<uint32_t>::max();

// The base of the protocol, and what a login needs, is not an extension that may be missing.
bool isBase(std::string_view name) {
  constexpr std::string_view kBase[] = {"IMAP4REV1", "IMAP4REV2", "STARTTLS", "LOGINDISABLED", "ENABLE", "ID"};
  return std::find(std::begin(kBase), std::end(kBase), name) != std::end(kBase) || name.compare(0, 5, "AUTH=") == 0;
}

ph::Status addNames(std::string_view names, std::set<std::string>& out) {
  while (!names.empty()) {
    const size_t blank = std::min(names.find(' '), names.size());
    const std::string name = ph::text::toUpper(names.substr(0, blank));
    names.remove_prefix(std::min(blank + 1, names.size()));
    if (name.empty()) continue;
    if (isBase(name)) return ph::Error{ph::Kind::Invalid, name + " can't be disabled"};
    out.insert(name);
  }
  return {};
}

// Entries "NAME: CAPABILITY CAPABILITY".
ph::Status addOwners(const std::vector<std::string>& entries, bool foldNames,
                     std::map<std::string, std::set<std::string>>& out) {
  for (const std::string& entry : entries) {
    const size_t colon = entry.find(": ");
    if (colon == std::string::npos || colon == 0) {
      return ph::Error{ph::Kind::Invalid, "\"" + entry + "\" is not of the form \"NAME: CAPABILITY ...\""};
    }
    std::string owner = entry.substr(0, colon);
    if (foldNames) owner = ph::text::toLower(owner);
    if (auto added = addNames(std::string_view(entry).substr(colon + 2), out[owner]); !added.ok()) return added;
  }
  return {};
}

}  // namespace

ph::Result<Settings> Settings::from(const ph::Config& config) {
  const Settings defaults;
  Settings s;
  s.appendLimit = config.size("append_limit", defaults.appendLimit);
  const int64_t idle = config.duration("idle_timeout", defaults.idleTimeoutMs);
  const int64_t login = config.duration("login_timeout", defaults.loginTimeoutMs);
  s.maxErrors = static_cast<unsigned>(config.integer("max_errors", defaults.maxErrors));
  if (s.appendLimit < 1024 || s.appendLimit > kMaxAppend) {
    return ph::Error{ph::Kind::Invalid, "append_limit: 1KiB to 4GiB"};
  }
  if (idle < 60'000 || idle > kMaxMs) return ph::Error{ph::Kind::Invalid, "idle_timeout: 1m to 49d"};
  if (login < 1000 || login > kMaxMs) return ph::Error{ph::Kind::Invalid, "login_timeout: 1s to 49d"};
  for (const std::string& name : config.list("disabled_capabilities")) {
    if (auto added = addNames(name, s.disabled); !added.ok()) return added.error();
  }
  if (auto added = addOwners(config.list("disabled_for_accounts"), false, s.disabledForAccounts); !added.ok()) {
    return added.error();
  }
  if (auto added = addOwners(config.list("disabled_for_clients"), true, s.disabledForClients); !added.ok()) {
    return added.error();
  }
  s.idleTimeoutMs = static_cast<uint32_t>(idle);
  s.loginTimeoutMs = static_cast<uint32_t>(login);
  return s;
}

}  // namespace ph_imap
