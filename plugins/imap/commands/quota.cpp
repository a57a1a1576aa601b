// GETQUOTA and GETQUOTAROOT. RFC 9208 4.1.1, 4.1.2: getquota = "GETQUOTA" SP quota-root; getquotaroot = "GETQUOTAROOT"
// SP mailbox. An account has one root, "", when it has a limit at all.
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "ph/imap/mailbox_name.hpp"

namespace ph_imap {

namespace {

// RFC 9208 5.1: STORAGE counts in units of 1024 octets.
constexpr uint64_t kUnit = 1024;

void writeQuota(Session& s, const ph_usage& usage) {
  auto w = s.out();
  w.raw("* QUOTA \"\" (");
  if (usage.limit != 0) {
    w.raw("STORAGE ").number(usage.bytes / kUnit + (usage.bytes % kUnit != 0 ? 1 : 0));
    w.raw(" ").number(usage.limit / kUnit);
  }
  w.raw(")\r\n");
}

}  // namespace

Step getQuota(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string root = parser.astring();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (!root.empty()) return s.no("no such quota root", "NONEXISTENT");
  const auto usage = s.account().usage();
  if (!usage) return s.no(usage.error());
  writeQuota(s, *usage);
  return s.ok("done");
}

// The mailbox need not exist (RFC 9208 4.1.2). The roots of others are not told.
Step getQuotaRoot(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string name = parser.mailbox();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  const auto canonical = ph::imap::canonicalMailboxName(name);
  if (!canonical) return s.no(canonical.error());
  if (isOfOthers(s, *canonical)) {
    s.out().raw("* QUOTAROOT ").mailbox(*canonical).raw("\r\n");
    return s.ok("done");
  }
  const auto usage = s.account().usage();
  if (!usage) return s.no(usage.error());
  s.out().raw("* QUOTAROOT ").mailbox(*canonical).raw(usage->limit != 0 ? " \"\"\r\n" : "\r\n");
  if (usage->limit != 0) writeQuota(s, *usage);
  return s.ok("done");
}

}  // namespace ph_imap
