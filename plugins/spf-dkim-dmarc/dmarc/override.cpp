#include "dmarc/override.hpp"

#include <algorithm>
#include <array>

namespace ph_mailauth {

std::optional<DmarcOverride> overrideOf(std::optional<std::string_view> told, std::optional<std::string_view> rule) {
  static constexpr std::array<std::string_view, 5> kReasons = {"forwarded", "mailing_list", "trusted_forwarder",
                                                               "local_policy", "other"};
  for (const auto& fact : {rule, told}) {
    if (!fact || fact->empty()) continue;
    DmarcOverride out;
    const auto word = fact->substr(0, fact->find(' '));
    out.reason = std::find(kReasons.begin(), kReasons.end(), word) != kReasons.end() ? word : "other";
    out.comment = out.reason == word ? fact->substr(std::min(word.size() + 1, fact->size())) : *fact;
    return out;
  }
  return std::nullopt;
}

}  // namespace ph_mailauth
