// Reading accounts/NAME.toml, see account_config.hpp.
#include "config/account_config.hpp"

#include <algorithm>

#include "ph/address/addr_spec.hpp"
#include "ph/address/domain.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::config {

const char* const kAccountSchema = R"json({
  "type": "object",
  "properties": {
    "addresses": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Addresses whose mail this account gets and that it may send as."},
    "full_name": {"type": "string", "default": "", "description": "For people."},
    "login_disabled": {"type": "string", "default": "", "description": "Not empty: no login; clients are told this text. Mail still arrives."},
    "role": {"type": "string", "enum": ["account", "domain-admin", "admin"], "default": "account", "description": "What it may do when it logs in with a browser: account, only its own; domain-admin, all in the domains it administers; admin, everything."},
    "administers": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Of a domain-admin: these domains."},
    "cram_md5": {"type": "boolean", "default": false, "description": "Keep what CRAM-MD5 needs when the password is set next. Weak; only for clients that know nothing better."},
    "quota": {"type": "string", "format": "size", "description": "How much mail it may hold; \"0\": as much as the disk. Left out: storage.quota of the server."},
    "keep_removed": {"type": "string", "format": "duration", "description": "How long expunged messages can be restored (posthouse store undelete); \"0s\": they are gone at once. Left out: storage.keep_removed of the server."},
    "routes": {"type": "array", "default": [], "items": {"type": "object", "required": ["transport"], "properties": {
      "from": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Domains of senders; with a leading dot also those below. None: any."},
      "to": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Domains of recipients, likewise."},
      "minimum_attempts": {"type": "integer", "minimum": 0, "maximum": 100, "default": 0, "description": "Only for what was tried so often before."},
      "transport": {"type": "string", "description": "One of [transports] in posthouse.toml."}}},
      "description": "Where mail of this account goes."},
    "recipients_per_day": {"type": "integer", "minimum": 0, "default": 1000, "description": "To how many recipients it may send in 24 hours; 0: any number."},
    "first_time_recipients_per_day": {"type": "integer", "minimum": 0, "default": 200, "description": "Of these, how many it never sent to before; 0: any number."},
    "from_id_addresses": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Its addresses whose mail leaves with a reverse-path of its own for each recipient, as jane+ID@. Notifications are then told as events, and recipients that don't work are suppressed. Needs localpart_separators of the domain."},
    "junk_flags": {"type": "object", "properties": {
      "enabled": {"type": "boolean", "default": false, "description": "Mark messages $Junk or $NotJunk by the mailbox they come into. The mailbox of special use Junk always does."},
      "junk": {"type": "string", "default": "^(junk|spam)", "description": "Pattern for names of mailboxes, in lower case, whose messages are junk."},
      "neutral": {"type": "string", "default": "^(inbox|neutral|postmaster|dmarc|tlsrpt|rejects)", "description": "... whose messages are neither."},
      "not_junk": {"type": "string", "default": "", "description": "... whose messages are not junk. When two of the three are given the third holds for all other mailboxes."}}},
    "rejects_mailbox": {"type": "string", "default": "Rejects", "description": "Where copies of junk go that was refused; empty: nowhere."},
    "keep_rejects": {"type": "boolean", "default": false, "description": "Keep all of them; otherwise they go after 14 days, and there are at most 1000."},
    "introbox": {"type": "string", "default": "", "description": "Where mail goes that is for INBOX, from senders not seen before; empty: INBOX."},
    "address": {"type": "object", "additionalProperties": {"type": "object", "properties": {
      "mailbox": {"type": "string", "default": "", "description": "Where mail to this address goes by default; empty: INBOX."},
      "refuse": {"type": "string", "default": "", "description": "Not empty: mail for this address is refused with this text."},
      "refuse_code": {"type": "integer", "minimum": 400, "maximum": 599, "default": 550, "description": "The SMTP code of the refusal; 4xx: for now."}}},
      "description": "What holds for one of the addresses: [address.\"jane@example.org\"]."},
    "rules": {"type": "array", "default": [], "items": {"type": "object", "properties": {
      "comment": {"type": "string", "default": "", "description": "For people."},
      "address": {"type": "string", "default": "", "description": "Only for mail to this address."},
      "mail_from": {"type": "string", "default": "", "description": "Pattern for the address in MAIL FROM."},
      "from": {"type": "string", "default": "", "description": "Pattern for the author's address."},
      "verified_domain": {"type": "string", "default": "", "description": "The name in EHLO, the domain in MAIL FROM or that of a DKIM signature is this one or below it, and is verified."},
      "headers": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Patterns for the name and the value of header fields, both in lower case: for each pair some field must match."},
      "mailbox": {"type": "string", "default": "", "description": "Where the message goes; empty: as without the rule."},
      "is_forward": {"type": "boolean", "default": false, "description": "It comes from a forwarder, which says nothing about its sender. Needs mail_from and verified_domain."},
      "list_allow_domain": {"type": "string", "default": "", "description": "A mailing list: when SPF or DKIM pass for exactly this domain it is not judged as junk."},
      "accept_rejects_to": {"type": "string", "default": "", "description": "What would be refused as junk is accepted into this mailbox."}}}}
  }
})json";

namespace {

constexpr size_t kMaxMailboxName = 1000;

class Reader {
 public:
  Reader(const Node& node, std::vector<std::string>* problems) : node_(node), problems_(problems) {}

  void addresses(AccountConfig* out) {
    out->addresses = node_.listAt("addresses");
    for (const auto& text : out->addresses) address(text, node_.child("addresses")->at);
  }

  void fromIds(AccountConfig* out) {
    out->fromIdAddresses = node_.listAt("from_id_addresses");
    for (const auto& text : out->fromIdAddresses) address(text, node_.child("from_id_addresses")->at);
  }

  void mailboxes(AccountConfig* out) {
    out->rejectsMailbox = mailbox("rejects_mailbox", node_);
    out->keepRejects = node_.boolAt("keep_rejects");
    out->introbox = mailbox("introbox", node_);
    if (isInbox(out->rejectsMailbox)) problem(node_.child("rejects_mailbox")->at, "'rejects_mailbox' can't be INBOX");
    if (!out->introbox.empty() && (isInbox(out->introbox) || out->introbox == out->rejectsMailbox))
      problem(node_.child("introbox")->at, "'introbox' must be another mailbox than INBOX and rejects_mailbox");
    const Node* table = node_.child("address");
    if (!table) return;
    for (const auto& [text, item] : table->table) {
      address(text, item.at);
      const auto name = mailbox("mailbox", item);
      if (!name.empty()) out->mailboxes[text] = name;
      if (const auto refusal = item.stringAt("refuse"); !refusal.empty()) {
        out->refused.push_back({text, static_cast<int>(item.intAt("refuse_code", 550)), refusal, item.at});
      }
    }
  }

  void rules(std::vector<RuleConfig>* out) {
    const Node* list = node_.child("rules");
    if (!list) return;
    for (const auto& item : list->list) out->push_back(rule(item));
  }

  void junkFlags(JunkFlagsConfig* out) {
    out->enabled = node_.boolAt("junk_flags.enabled");
    out->junk = pattern(node_, "junk_flags.junk");
    out->neutral = pattern(node_, "junk_flags.neutral");
    out->notJunk = pattern(node_, "junk_flags.not_junk");
  }

 private:
  RuleConfig rule(const Node& item) {
    RuleConfig r;
    r.at = item.at;
    r.address = item.stringAt("address");
    if (!r.address.empty()) address(r.address, item.child("address")->at);
    r.mailFrom = pattern(item, "mail_from");
    r.from = pattern(item, "from");
    r.verifiedDomain = domain("verified_domain", item);
    if (const Node* headers = item.child("headers")) {
      for (const auto& [name, value] : headers->table)
        r.headers.emplace_back(compile(name, "headers", value.at), compile(value.string, "headers", value.at));
    }
    r.mailbox = mailbox("mailbox", item);
    r.isForward = item.boolAt("is_forward");
    r.listAllowDomain = domain("list_allow_domain", item);
    r.acceptRejectsTo = mailbox("accept_rejects_to", item);
    if (item.stringAt("mail_from").empty() && item.stringAt("from").empty() && r.verifiedDomain.empty() &&
        r.headers.empty())
      problem(item.at, "a rule needs a condition: mail_from, from, verified_domain or headers");
    if (r.isForward && (item.stringAt("mail_from").empty() || r.verifiedDomain.empty()))
      problem(item.at, "'is_forward' needs mail_from and verified_domain: anybody can say what they like elsewhere");
    if (r.isForward && !r.listAllowDomain.empty())
      problem(item.at, "'is_forward' and 'list_allow_domain' exclude each other");
    if (isInbox(r.acceptRejectsTo)) problem(item.at, "'accept_rejects_to' can't be INBOX");
    return r;
  }

  void address(const std::string& text, const Position& at) {
    const auto parsed = ph::address::parseAddrSpec(text);
    if (!parsed) problem(at, "'" + text + "' is not an address: " + parsed.error().text);
  }

  std::string domain(const char* key, const Node& table) {
    const auto text = table.stringAt(key);
    if (text.empty()) return {};
    const auto name = ph::address::normaliseDomain(text);
    if (!name) problem(table.child(key)->at, "'" + std::string(key) + "' is not a domain: " + name.error().text);
    return name.valueOr("");
  }

  static bool isInbox(std::string_view name) { return ph::text::equalsNoCase(name, "INBOX"); }

  // As the store names it. What else it asks of a name shows when the mailbox is made.
  std::string mailbox(const char* key, const Node& table) {
    const auto name = table.stringAt(key);
    const bool bad =
        !name.empty() && (name.front() == '/' || name.back() == '/' || name.find("//") != std::string::npos ||
                          name.size() > kMaxMailboxName ||
                          std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
    if (bad) problem(table.child(key)->at, "'" + std::string(key) + "' is not a name of a mailbox");
    return isInbox(name) ? "INBOX" : name;
  }

  // Empty: not set.
  Pattern pattern(const Node& table, const std::string& key) {
    const Node* node = table.find(key);
    if (!node || node->string.empty()) return {};
    return compile(node->string, key, node->at);
  }

  Pattern compile(const std::string& text, const std::string& key, const Position& at) {
    auto compiled = Pattern::compile(text);
    if (compiled) return *compiled;
    problem(at, "'" + key + "' is not a pattern: " + compiled.error().text);
    return {};
  }

  void problem(const Position& at, const std::string& text) { problems_->push_back(at.text() + ": " + text); }

  const Node& node_;
  std::vector<std::string>* problems_;
};

}  // namespace

AccountConfig readAccount(const std::string& name, const Node& node, const StorageDefaults& defaults,
                          std::vector<std::string>* problems) {
  AccountConfig out;
  out.name = name;
  out.fullName = node.stringAt("full_name");
  out.loginDisabled = node.stringAt("login_disabled");
  out.cramMd5 = node.boolAt("cram_md5");
  out.role = node.stringAt("role");
  for (const auto& text : node.listAt("administers")) {
    const auto domain = ph::address::normaliseDomain(text);
    if (!domain) problems->push_back(node.child("administers")->at.text() + ": '" + text + "' is not a domain");
    out.administers.push_back(domain.valueOr(text));
  }
  if (out.role != "domain-admin" && !out.administers.empty())
    problems->push_back(node.child("administers")->at.text() + ": only for role = \"domain-admin\"");
  out.at = node.at;
  out.quota = defaults.quota;
  if (node.child("quota")) parseSize(node.stringAt("quota"), &out.quota);
  out.keepRemoved = defaults.keepRemoved;
  if (int64_t ms = 0; node.child("keep_removed") && parseDuration(node.stringAt("keep_removed"), &ms))
    out.keepRemoved = ms / 1000;
  out.routes = readRoutes(node, problems);
  Reader reader(node, problems);
  reader.addresses(&out);
  out.recipientsPerDay = node.intAt("recipients_per_day", 1000);
  out.firstTimeRecipientsPerDay = node.intAt("first_time_recipients_per_day", 200);
  reader.fromIds(&out);
  reader.junkFlags(&out.junkFlags);
  reader.mailboxes(&out);
  reader.rules(&out.rules);
  return out;
}

}  // namespace posthouse::config
