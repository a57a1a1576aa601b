// accounts/NAME.toml: what one account is called, which mail it gets and what becomes of it.
// Threads: a value type, read-only after loading.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/pattern.hpp"
#include "config/node.hpp"
#include "config/queue_config.hpp"

namespace posthouse::config {

// [junk_flags]: mailboxes whose messages are marked $Junk or $NotJunk, by their names in lower case.
struct JunkFlagsConfig {
  bool enabled = false;
  Pattern junk, neutral, notJunk;
};

// One of [[rules]]: where a delivery goes, and what it is. All conditions that are set must hold; one is.
struct RuleConfig {
  Position at;
  std::string address;         // only mail to this address; empty: to any
  Pattern mailFrom;            // MAIL FROM
  Pattern from;                // the author's address
  std::string verifiedDomain;  // EHLO name, MAIL FROM domain or DKIM domain, validated: it or one below it
  std::vector<std::pair<Pattern, Pattern>> headers;  // name and value of some field, both in lower case
  std::string mailbox;                               // empty: as without the rule
  bool isForward = false;
  std::string listAllowDomain;
  std::string acceptRejectsTo;
};

// An address of the account that takes no mail.
struct RefusedAddress {
  std::string address;
  int code = 550;    // 400 to 599
  std::string text;  // for the client
  Position at;
};

struct AccountConfig {
  std::string name;
  std::vector<std::string> addresses;
  std::vector<RefusedAddress> refused{};
  std::string fullName;
  std::string loginDisabled;               // not empty: what every login is told
  std::string role = "account";            // or "domain-admin", "admin"
  std::vector<std::string> administers{};  // domains of a domain's admin, in A-labels
  bool cramMd5 = false;                    // offers CRAM-MD5 after the next change of the password
  Position at;
  uint64_t quota = 0;  // bytes; 0: none
  JunkFlagsConfig junkFlags;
  std::vector<RuleConfig> rules;                   // the first that matches counts
  std::map<std::string, std::string> mailboxes{};  // by address: where its mail goes by default
  std::string rejectsMailbox{};                    // empty: no copies of refused junk
  bool keepRejects = false;
  std::string introbox{};   // empty: none
  int64_t keepRemoved = 0;  // seconds
  std::vector<RouteConfig> routes{};
  int64_t recipientsPerDay = 1000;  // of submitted mail; 0: no limit
  int64_t firstTimeRecipientsPerDay = 200;
  std::vector<std::string> fromIdAddresses{};  // whose mail gets a reverse-path of its own for each recipient
};

// What [storage] says for accounts that say nothing.
struct StorageDefaults {
  uint64_t quota = 0;
  int64_t keepRemoved = 0;  // seconds
};

extern const char* const kAccountSchema;

// `node` has passed the schema. Problems, each with its place, are added to `problems`.
AccountConfig readAccount(const std::string& name, const Node& node, const StorageDefaults& defaults,
                          std::vector<std::string>* problems);

}  // namespace posthouse::config
