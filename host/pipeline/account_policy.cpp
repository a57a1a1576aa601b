#include "pipeline/account_policy.hpp"

#include <algorithm>
#include <optional>

#include "ph/address/addr_spec.hpp"
#include "ph/charset/convert.hpp"
#include "ph/charset/words.hpp"
#include "ph/header/block.hpp"

namespace posthouse::pipeline {
namespace {

using store::Validation;

std::string textOf(const store::MailAddress& address) {
  return address.domain.empty() ? "" : ph::address::formatAddrSpec(address.localpart, address.domain);
}

bool isBelow(std::string_view domain, std::string_view parent) {
  if (domain.size() <= parent.size()) return domain == parent;
  return domain.ends_with(parent) && domain[domain.size() - parent.size() - 1] == '.';
}

bool isVerified(const std::string& parent, const store::DeliveryInfo& info) {
  if (info.heloValidation == Validation::Pass && isBelow(info.heloDomain, parent)) return true;
  if (info.mailFromValidation == Validation::Pass && isBelow(info.mailFrom.domain, parent)) return true;
  return std::any_of(info.dkimDomains.begin(), info.dkimDomains.end(),
                     [&](const auto& domain) { return isBelow(domain, parent); });
}

// The fields of a header, in lower case, decoded once for all rules.
class Fields {
 public:
  explicit Fields(std::string_view header) : header_(header) {}

  bool match(const std::vector<std::pair<Pattern, Pattern>>& wanted) {
    if (wanted.empty()) return true;
    load();
    if (malformed_) return false;
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& pair) {
      return std::any_of(fields_.begin(), fields_.end(), [&](const auto& field) {
        return pair.first.matches(field.first) && pair.second.matches(field.second);
      });
    });
  }

 private:
  void load() {
    if (loaded_) return;
    loaded_ = true;
    const ph::header::Block block(header_);
    malformed_ = block.junkLines() > 0;
    for (const auto& field : block.fields()) {
      const auto value = ph::charset::decodeWords(ph::header::unfold(field.value));
      fields_.emplace_back(ph::charset::foldCase(field.name), ph::charset::foldCase(value));
    }
  }

  const std::string_view header_;
  bool loaded_ = false;
  bool malformed_ = false;
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace

const AccountPolicy& Policies::of(const std::string& account) const {
  static const AccountPolicy kNone;
  const auto it = accounts.find(account);
  return it == accounts.end() ? kNone : it->second;
}

const Rule* matchRule(const std::vector<Rule>& rules, const std::string& address, const store::DeliveryInfo& info,
                      std::string_view header) {
  const auto mailFrom = textOf(info.mailFrom);
  const auto from = textOf(info.from);
  Fields fields(header);
  for (const auto& rule : rules) {
    if (!rule.address.empty() && rule.address != address) continue;
    if (rule.mailFrom && !rule.mailFrom.matches(mailFrom)) continue;
    if (rule.from && !rule.from.matches(from)) continue;
    if (!rule.verifiedDomain.empty() && !isVerified(rule.verifiedDomain, info)) continue;
    if (fields.match(rule.headers)) return &rule;
  }
  return nullptr;
}

bool isListAllowed(const std::string& domain, const store::DeliveryInfo& info) {
  if (domain.empty()) return false;
  if (info.mailFromValidation == Validation::Pass && info.mailFrom.domain == domain) return true;
  return std::find(info.dkimDomains.begin(), info.dkimDomains.end(), domain) != info.dkimDomains.end();
}

}  // namespace posthouse::pipeline
