#include "settings.hpp"

#include <limits>

namespace ph_smtp {

namespace {

constexpr int64_t kMaxMs = std::numeric_limits<uint32_t>::max();

}  // namespace

ph::Result<Settings> Settings::from(const ph::Config& config) {
  const Settings defaults;
  Settings s;
  s.maxMessageSize = config.size("max_message_size", defaults.maxMessageSize);
  s.maxRecipients = static_cast<size_t>(config.integer("max_recipients", 1000));
  s.maxReceived = static_cast<unsigned>(config.integer("max_received", defaults.maxReceived));
  s.maxErrors = static_cast<unsigned>(config.integer("max_errors", defaults.maxErrors));
  const int64_t command = config.duration("command_timeout", defaults.commandTimeoutMs);
  const int64_t data = config.duration("data_timeout", defaults.dataTimeoutMs);
  // RFC 5321 4.5.3.1.7 wants every server to take 64 KiB.
  if (s.maxMessageSize < 64 * 1024) return ph::Error{ph::Kind::Invalid, "max_message_size: at least 64KiB"};
  if (s.maxMessageSize > UINT64_MAX / 4) return ph::Error{ph::Kind::Invalid, "max_message_size: too large"};
  if (command < 1000 || command > kMaxMs) return ph::Error{ph::Kind::Invalid, "command_timeout: 1s to 49d"};
  if (data < command || data > kMaxMs) {
    return ph::Error{ph::Kind::Invalid, "data_timeout: at least command_timeout, at most 49d"};
  }
  s.commandTimeoutMs = static_cast<uint32_t>(command);
  s.dataTimeoutMs = static_cast<uint32_t>(data);
  s.slowDown = config.boolean("slow_down", defaults.slowDown);
  s.checkDomains = config.boolean("check_domains", defaults.checkDomains);
  s.pedantic = config.boolean("pedantic", defaults.pedantic);
  s.errorLocalparts = config.boolean("error_localparts", defaults.errorLocalparts);
  return s;
}

}  // namespace ph_smtp
