// What an account wants done with mail that is delivered to it: rules, default mailboxes, Rejects, Introbox.
// Guarantees: immutable; a change of configuration replaces all of it, and one delivery sees one of them.
// Threads: shared by all deliveries.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/pattern.hpp"
#include "store/delivery_info.hpp"

namespace posthouse::pipeline {

// All conditions that are set must hold.
struct Rule {
  std::string address;         // canonical; empty: any
  Pattern mailFrom;            // MAIL FROM
  Pattern from;                // the author's address
  std::string verifiedDomain;  // a validated EHLO name, MAIL FROM or DKIM domain is this or below it
  std::vector<std::pair<Pattern, Pattern>> headers;  // for each some field's name and value, both in lower case
  std::string mailbox;                               // empty: as without the rule
  bool isForward = false;
  std::string listAllowDomain;
  std::string acceptRejectsTo;
};

struct AccountPolicy {
  std::vector<Rule> rules;                       // the first that matches counts
  std::map<std::string, std::string> mailboxes;  // canonical address -> default mailbox
  std::string rejectsMailbox;
  std::string introbox;
};

struct Policies {
  std::map<std::string, AccountPolicy> accounts;
  // Equal for all spellings of one address.
  std::function<std::string(const std::string&)> canonical = [](const std::string& address) { return address; };

  const AccountPolicy& of(const std::string& account) const;
};

// The first rule that matches; nullptr: none. `address`: the recipient, canonical. `header`: of the message. When that
// is malformed no rule with headers matches.
const Rule* matchRule(const std::vector<Rule>& rules, const std::string& address, const store::DeliveryInfo& info,
                      std::string_view header);

// MAIL FROM's domain passed SPF, or a DKIM signature is valid, for exactly this domain.
bool isListAllowed(const std::string& domain, const store::DeliveryInfo& info);

}  // namespace posthouse::pipeline
