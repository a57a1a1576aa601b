#include "store/removed_text.hpp"

#include <ctime>

namespace posthouse::store {

std::string describeRemoved(const Removed& removed) {
  const std::time_t at = removed.at;
  std::tm tm{};
  ::gmtime_r(&at, &tm);
  char when[32];
  std::strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
  return std::string(when) + "  " + removed.mailbox + "  UID " + std::to_string(removed.uid) + "  " +
         std::to_string(removed.size) + " bytes" + (removed.messageId.empty() ? "" : "  <" + removed.messageId + ">");
}

}  // namespace posthouse::store
