// Account::pastDeliveries and Account::wroteTo: what earlier mail says about a sender.
#include "ph/charset/convert.hpp"
#include "store/account.hpp"
#include "store/core.hpp"
#include "store/junk_flags.hpp"

namespace posthouse::store {
namespace {

using By = PastQuery::By;

const char* conditionOf(By by) {
  switch (by) {
    case By::From:
      return "d.from_domain=?1 AND d.from_localpart=?2";
    case By::FromDomain:
      return "d.from_domain=?1";
    case By::FromOrgDomain:
      return "d.from_org_domain=?1";
    case By::MailFrom:
      return "d.mail_from_domain=?1 AND d.mail_from_localpart=?2";
    case By::MailFromDomain:
      return "d.mail_from_domain=?1";
    case By::HeloDomain:
      return "d.helo_domain=?1";
    case By::DkimDomain:
      return "d.id IN (SELECT id FROM dkim_domains WHERE domain=?1 AND original=0)";
    case By::Ip1:
      return "d.ip1=?1";
    case By::Ip2:
      return "d.ip2=?1";
    case By::Ip3:
      return "d.ip3=?1";
  }
  return "0";
}

const char* validationOf(By by) {
  switch (by) {
    case By::From:
    case By::FromDomain:
    case By::FromOrgDomain:
      return "d.from_validation";
    case By::MailFrom:
    case By::MailFromDomain:
      return "d.mail_from_validation";
    case By::HeloDomain:
      return "d.helo_validation";
    default:
      return "0";
  }
}

}  // namespace

// Copies of a message are one delivery: the one put away last says what its reader thinks of it.
ph::Result<std::vector<PastDelivery>> Account::pastDeliveries(const PastQuery& query) {
  std::vector<PastDelivery> result;
  if (query.value.empty()) return result;
  auto db = core_->reader();
  if (!db) return db.error();
  db::Scoped row(
      (*db)->cached(std::string("SELECT d.id,d.date,") + validationOf(query.by) +
                    ",d.from_localpart,d.from_domain,m.keywords FROM deliveries d JOIN messages m ON "
                    "m.id=d.id WHERE " +
                    conditionOf(query.by) +
                    " AND d.date>=?3 AND d.is_reject=0 AND (?4=0 OR d.mailbox_orig=?4) ORDER BY d.date DESC,d.id "
                    "DESC,m.saved DESC"));
  const auto localpart = ph::charset::foldCase(query.localpart);
  row->text(1, query.value).text(2, localpart).bind(3, query.since).bind(4, query.mailbox.value_or(0));
  constexpr int kMaxLooked = 5000;  // most mail is neither; its share must not make a delivery slow
  MessageId last = 0;
  for (int looked = 0; result.size() < query.max && looked < kMaxLooked; ++looked) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) break;
    const auto id = row->integer(0);
    if (id == last) continue;
    last = id;
    const auto state = junkStateOf(splitKeywords(row->bytes(5)));
    const bool validated = isValidated(static_cast<Validation>(row->integer(2)));
    if (state == JunkState::Neutral || (query.validated && *query.validated != validated)) continue;
    result.push_back({id,
                      row->integer(1),
                      state == JunkState::Junk,
                      validated,
                      {std::string(row->bytes(3)), std::string(row->bytes(4))}});
  }
  return result;
}

ph::Result<bool> Account::wroteTo(Correspondent by, const MailAddress& address, std::int64_t since) {
  auto db = core_->reader();
  if (!db) return db.error();
  const auto localpart = ph::charset::foldCase(address.localpart);
  const char* condition = by == Correspondent::Address  ? "domain=? AND localpart=?"
                          : by == Correspondent::Domain ? "domain=? AND ?<>''"
                                                        : "org_domain=? AND ?<>''";
  db::Scoped row((*db)->cached(std::string("SELECT 1 FROM recipients WHERE ") + condition + " AND sent>=? LIMIT 1"));
  row->text(1, address.domain).text(2, by == Correspondent::Address ? std::string_view(localpart) : "-").bind(3, since);
  return row->step();
}

}  // namespace posthouse::store
