#include "settings.hpp"

#include <limits>

namespace ph_imap {

namespace {

constexpr int64_t kMaxMs = std::numeric_limits<uint32_t>::max();
// RFC 7889 3: APPENDLIMIT is a number of 32 bits; a literal may be larger, but clients need not understand that.
constexpr uint64_t kMaxAppend = std::numeric_limits<uint32_t>::max();

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
  s.idleTimeoutMs = static_cast<uint32_t>(idle);
  s.loginTimeoutMs = static_cast<uint32_t>(login);
  return s;
}

}  // namespace ph_imap
