#include "config/server_schema.hpp"

namespace posthouse::config {

const char* const kServerSchema = R"json({
  "type": "object",
  "required": ["hostname"],
  "properties": {
    "hostname": {"type": "string", "minLength": 1, "description": "The server's own name, as its DNS records have it."},
    "user": {"type": "string", "default": "", "description": "The account of the system that the server runs as when root starts it; it must not be root."},
    "group": {"type": "string", "default": "", "description": "Instead of that account's own group."},
    "data_dir": {"type": "string", "format": "path", "default": "data", "description": "Mail, queue, keys and state."},
    "plugin_dir": {"type": "string", "format": "path", "default": "", "description": "Where plugins lie; empty: the folder plugins beside the program's."},
    "postmaster": {"type": "string", "default": "", "description": "Account that gets mail for postmaster where no address is configured."},
    "log": {"type": "object", "properties": {
      "level": {"type": "string", "enum": ["error", "warn", "info", "debug", "trace"], "default": "info", "description": "Level of all modules."},
      "modules": {"type": "object", "additionalProperties": {"type": "string", "enum": ["error", "warn", "info", "debug", "trace"]}, "description": "Levels of single modules, as net = \"debug\"."},
      "file": {"type": "string", "format": "path", "default": "", "description": "Empty: standard error."},
      "history": {"type": "string", "format": "size", "default": "64MB", "description": "How much is kept of what the log said of messages, for the command trace, whatever the levels are; 0: nothing."},
      "format": {"type": "string", "enum": ["logfmt", "json"], "default": "logfmt", "description": "One line per event in this form."}}},
    "storage": {"type": "object", "properties": {
      "reserve": {"type": "string", "format": "size", "default": "1GB", "description": "Mail is refused for now (452) when less is free; at most 10 % of the disk is kept free for this."},
      "quota": {"type": "string", "format": "size", "default": "0", "description": "How much mail an account may hold that says nothing about it; \"0\": no limit."},
      "keep_removed": {"type": "string", "format": "duration", "default": "7d", "description": "How long expunged messages can be restored (posthouse store undelete); \"0s\": they are gone at once. They do not count for the quota."}}},
    "limits": {"type": "object", "properties": {
      "memory": {"type": "string", "format": "size", "default": "256MB", "description": "What the buffers of all connections and messages coming in may hold together; beyond it clients are refused for now and messages go to files."},
      "connections_per_minute": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 1000000000}, "default": [300, 900, 2700], "description": "New connections to one listener: from one IPv4 address or IPv6 /64, from one /26 or /48, from one /21 or /32. 0: no limit."},
      "connections": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 1000000000}, "default": [30, 90, 270], "description": "Open connections to one listener, of the same networks."},
      "login_failures_per_minute": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 1000000000}, "default": [10, 30, 90], "description": "Failed logins, of the same networks, over all protocols; beyond it they may not connect."},
      "login_failures_per_day": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 1000000000}, "default": [50, 150, 450], "description": "The same, per day."},
      "account_connections": {"type": "integer", "minimum": 0, "maximum": 1000000, "default": 100, "description": "Open connections that are logged in to one account. 0: no limit."},
      "open_accounts": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 512, "description": "How many accounts' indexes are kept open, with about 3 files and up to 2 MiB each; those that were not used for longest rest, and cost neither while sessions only wait for news."},
      "exempt": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Networks that meet no limit but the listener's max_connections and the memory, as \"10.0.0.0/8\"."},
      "trusted_proxies": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Networks of proxies that may say whom they speak for, on listeners with proxy_protocol or forwarded."}}},
    "dns": {"type": "object", "properties": {
      "resolvers": {"type": "array", "items": {"type": "string"}, "description": "Recursive resolvers that are asked, as \"127.0.0.1\" or \"[::1]:5301\". Not there: those of /etc/resolv.conf. Empty: none, every question fails at once."},
      "trusted": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Networks of resolvers that validate DNSSEC over a path that nobody else can change, as \"10.0.0.53/32\". Those on loopback are trusted anyway."}}},
    "control": {"type": "object", "properties": {
      "socket": {"type": "string", "format": "path", "default": "ctl.sock", "description": "The Unix socket of the command line; whoever may open it is admin. Empty: none."}}},
    "metrics": {"type": "object", "properties": {
      "address": {"type": "string", "default": "", "description": "Where GET /metrics is answered, as \"127.0.0.1:8010\"; it asks nobody who he is. Empty: nowhere."}}},
    "certificates": {"type": "array", "items": {"type": "object", "required": ["certificate", "key"], "properties": {
      "names": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Names it is used for; the first entry serves all others too."},
      "certificate": {"type": "string", "format": "path", "description": "PEM file with the chain."},
      "key": {"type": "string", "format": "path", "description": "PEM file with the private key."}}}},
    "listeners": {"type": "object", "additionalProperties": {"type": "object", "required": ["address", "protocol"], "properties": {
      "address": {"type": "array", "items": {"type": "string"}, "description": "IP and port, as \"0.0.0.0:25\" or \"[::]:25\"."},
      "protocol": {"type": "string", "description": "What is spoken there: smtp, submission, lmtp, imap, http, admin. HTTPS is http with tls = \"implicit\"."},
      "tls": {"type": "string", "enum": ["none", "starttls", "implicit"], "default": "starttls", "description": "How TLS begins."},
      "plaintext_login": {"type": "boolean", "default": false, "description": "Allow passwords without TLS. For tests on loopback only."},
      "client_certificates": {"type": "boolean", "default": true, "description": "Let clients log in with TLS certificates whose keys are registered with an account."},
      "max_connections": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 10000, "description": "Open at the same time."},
      "connections_per_minute": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 1000000000}, "description": "Instead of that of [limits]."},
      "connections": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 1000000000}, "description": "Instead of that of [limits]."},
      "proxy_protocol": {"type": "boolean", "default": false, "description": "Every connection begins with a PROXY header, version 1 or 2, from a trusted proxy; others are refused."},
      "trusted_proxies": {"type": "array", "items": {"type": "string"}, "description": "Instead of that of [limits]."},
      "forwarded": {"type": "string", "enum": ["none", "forwarded", "x-forwarded-for"], "default": "none", "description": "Which fields of an HTTP request from a trusted proxy say for whom it speaks: Forwarded, or X-Forwarded-For and X-Forwarded-Proto. The one that the proxy sets itself: the other one is whatever its client says."}}}},
    "queue": {"type": "object", "properties": {
      "max_connections": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 100, "description": "Attempts at the same time, to all destinations."},
      "connections_per_destination": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10, "description": "Attempts at the same time, to one domain."},
      "max_attempts": {"type": "integer", "minimum": 1, "maximum": 20, "default": 8, "description": "After so many the mail is returned. They begin 7.5, 15, 30 min, 1, 2, 4, 8 h after the one before."},
      "keep_retired": {"type": "string", "format": "duration", "default": "7d", "description": "How long it is remembered what became of mail."},
      "source_ipv4": {"type": "string", "default": "", "description": "Address to send mail from; empty: the system's choice."},
      "source_ipv6": {"type": "string", "default": "", "description": "Likewise."},
      "direct_port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 25, "description": "The port of mail exchangers. For tests only."}}},
    "transports": {"type": "object", "additionalProperties": {"type": "object", "required": ["kind"], "properties": {
      "kind": {"type": "string", "enum": ["direct", "smtp", "submission", "submissions", "lmtp", "socks", "fail"], "description": "How it sends."},
      "carrier": {"type": "string", "minLength": 1, "default": "smtp", "description": "The name under which a plugin offers to carry it."},
      "host": {"type": "string", "default": "", "description": "Name or address of the server."},
      "port": {"type": "integer", "minimum": 0, "maximum": 65535, "default": 0, "description": "0: that of the kind (25, 587, 465, lmtp 24)."},
      "tls": {"type": "string", "enum": ["", "required", "unverified", "opportunistic", "implicit", "none"], "default": "", "description": "required: STARTTLS with a valid certificate; empty: that of the kind."},
      "username": {"type": "string", "default": "", "description": "Empty: no login."},
      "password_file": {"type": "string", "format": "path", "default": "", "description": "Its first line is the password."},
      "mechanisms": {"type": "array", "items": {"type": "string"}, "default": [], "description": "SASL mechanisms that may be used; none: all that do not show the password."},
      "proxy": {"type": "string", "default": "", "description": "IP:PORT of a SOCKS 5 server."},
      "helo": {"type": "string", "default": "", "description": "The name to say in EHLO; empty: the server's."},
      "ipv4": {"type": "boolean", "default": true, "description": "IPv4 may be used."},
      "ipv6": {"type": "boolean", "default": true, "description": "IPv6 may be used."},
      "source_ipv4": {"type": "string", "default": "", "description": "Instead of that of [queue]."},
      "source_ipv6": {"type": "string", "default": "", "description": "Likewise."},
      "code": {"type": "integer", "minimum": 400, "maximum": 599, "default": 554, "description": "Kind fail: the reply it pretends; 4xx: tried again."},
      "text": {"type": "string", "default": "", "description": "Its words."}}}},
    "routes": {"type": "array", "default": [], "items": {"type": "object", "required": ["transport"], "properties": {
      "from": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Domains of senders; with a leading dot also those below. None: any."},
      "to": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Domains of recipients, likewise."},
      "minimum_attempts": {"type": "integer", "minimum": 0, "maximum": 100, "default": 0, "description": "Only for what was tried so often before."},
      "transport": {"type": "string", "description": "One of [transports] in posthouse.toml."}}},
      "description": "Where mail goes: the first that fits, of the account, then of the sender's domain, then of the server."},
    "plugins": {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}}},
    "testing": {"type": "object", "properties": {
      "queue_errors": {"type": "boolean", "default": false, "description": "Addresses like queuetemperror@ or queue550@ cause that error when the queue delivers. Never on a public server."},
      "home_page": {"type": "boolean", "default": false, "description": "Answer / on HTTP listeners with a page that says what listens where. Never on a public server."},
      "catch_everything": {"type": "string", "default": "", "description": "Account that gets the mail for every address of every domain. Never on a public server."}}}
  }
})json";

const char* const kDomainSchema = R"json({
  "type": "object",
  "properties": {
    "description": {"type": "string", "default": "", "description": "For people."},
    "disabled": {"type": "boolean", "default": false, "description": "Refuse its mail for now (450)."},
    "localpart_case_sensitive": {"type": "boolean", "default": false, "description": "Whether Ann@ and ann@ are two addresses. Decide when the domain is new: a change that makes two addresses one is refused."},
    "localpart_separators": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Single characters, as \"+\": mail for jane+shop@ goes to jane@."},
    "aliases": {"type": "object", "additionalProperties": {"type": "object", "required": ["members"], "properties": {
      "members": {"type": "array", "items": {"type": "string"}, "description": "Addresses of accounts of this server; each gets the mail."},
      "anyone_may_post": {"type": "boolean", "default": false, "description": "Take mail from everybody, not from members only."},
      "list_members": {"type": "boolean", "default": false, "description": "Members may see who the others are."},
      "members_may_send_as": {"type": "boolean", "default": false, "description": "Members may send mail from this address."}}},
      "description": "Addresses that stand for several: [aliases.team]."},
    "routes": {"type": "array", "default": [], "items": {"type": "object", "required": ["transport"], "properties": {
      "from": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Domains of senders; with a leading dot also those below. None: any."},
      "to": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Domains of recipients, likewise."},
      "minimum_attempts": {"type": "integer", "minimum": 0, "maximum": 100, "default": 0, "description": "Only for what was tried so often before."},
      "transport": {"type": "string", "description": "One of [transports] in posthouse.toml."}}},
      "description": "Where mail goes whose sender is in this domain."},
    "catchall": {"type": "string", "default": "", "description": "Account that gets mail for addresses nobody has."}
  }
})json";

}  // namespace posthouse::config
