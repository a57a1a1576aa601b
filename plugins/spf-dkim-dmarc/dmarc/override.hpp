// Why a domain's policy is not enforced for a message: what others found out, as facts.
// Threads: pure functions. RFC 7489 6.7, appendix C (PolicyOverrideType).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ph_mailauth {

struct DmarcOverride {
  std::string reason;   // forwarded, mailing_list, trusted_forwarder, local_policy, other
  std::string comment;  // for people
};

// `told`: the fact auth.override, "REASON COMMENT". `rule`: rcpt.rule, what the recipient's rules say of the message.
std::optional<DmarcOverride> overrideOf(std::optional<std::string_view> told, std::optional<std::string_view> rule);

}  // namespace ph_mailauth
