// Reading accounts/NAME.toml, see account_config.hpp.
#include "config/account_config.hpp"

#include "ph/address/addr_spec.hpp"

namespace posthouse::config {

const char* const kAccountSchema = R"json({
  "type": "object",
  "properties": {
    "addresses": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Addresses whose mail this account gets and that it may send as."},
    "full_name": {"type": "string", "default": "", "description": "For people."},
    "login_disabled": {"type": "string", "default": "", "description": "Not empty: no login; clients are told this text. Mail still arrives."},
    "quota": {"type": "string", "format": "size", "description": "How much mail it may hold; \"0\": as much as the disk. Left out: storage.quota of the server."},
    "junk_flags": {"type": "object", "properties": {
      "enabled": {"type": "boolean", "default": false, "description": "Mark messages $Junk or $NotJunk by the mailbox they come into. The mailbox of special use Junk always does."},
      "junk": {"type": "string", "default": "^(junk|spam)", "description": "Pattern for names of mailboxes, in lower case, whose messages are junk."},
      "neutral": {"type": "string", "default": "^(inbox|neutral|postmaster|dmarc|tlsrpt|rejects)", "description": "... whose messages are neither."},
      "not_junk": {"type": "string", "default": "", "description": "... whose messages are not junk. When two of the three are given the third holds for all other mailboxes."}}}
  }
})json";

namespace {

class Reader {
 public:
  Reader(const Node& node, std::vector<std::string>* problems) : node_(node), problems_(problems) {}

  void addresses(AccountConfig* out) {
    out->addresses = node_.listAt("addresses");
    for (const auto& address : out->addresses) {
      const auto parsed = ph::address::parseAddrSpec(address);
      if (!parsed) problem(node_.child("addresses")->at, "'" + address + "' is not an address: " + parsed.error().text);
    }
  }

  void junkFlags(JunkFlagsConfig* out) {
    out->enabled = node_.boolAt("junk_flags.enabled");
    out->junk = pattern(node_, "junk_flags.junk");
    out->neutral = pattern(node_, "junk_flags.neutral");
    out->notJunk = pattern(node_, "junk_flags.not_junk");
  }

 private:
  // Empty: not set.
  Pattern pattern(const Node& table, const std::string& key) {
    const Node* node = table.find(key);
    if (!node || node->string.empty()) return {};
    auto compiled = Pattern::compile(node->string);
    if (compiled) return *compiled;
    problem(node->at, "'" + key + "' is not a pattern: " + compiled.error().text);
    return {};
  }

  void problem(const Position& at, const std::string& text) { problems_->push_back(at.text() + ": " + text); }

  const Node& node_;
  std::vector<std::string>* problems_;
};

}  // namespace

AccountConfig readAccount(const std::string& name, const Node& node, uint64_t defaultQuota,
                          std::vector<std::string>* problems) {
  AccountConfig out;
  out.name = name;
  out.fullName = node.stringAt("full_name");
  out.loginDisabled = node.stringAt("login_disabled");
  out.at = node.at;
  out.quota = defaultQuota;
  if (node.child("quota")) parseSize(node.stringAt("quota"), &out.quota);
  Reader reader(node, problems);
  reader.addresses(&out);
  reader.junkFlags(&out.junkFlags);
  return out;
}

}  // namespace posthouse::config
