// Rows about how messages came, see deliveries.hpp.
#include "store/deliveries.hpp"

#include "base/org_domain.hpp"
#include "ph/address/domain.hpp"
#include "ph/address/list.hpp"
#include "ph/charset/convert.hpp"
#include "ph/header/block.hpp"

namespace posthouse::store {
namespace {

constexpr std::size_t kMaxRecipients = 1000;

// A mailbox that is not there yet: INBOX, whose readers decide meanwhile.
ph::Result<MailboxId> destinedMailbox(Step& step, const std::string& name, MailboxId here) {
  if (name.empty()) return here;
  auto mailbox = step.mailbox(std::string_view(name));
  if (!mailbox && mailbox.error().kind == ph::Kind::NotFound) mailbox = step.mailbox(std::string_view("INBOX"));
  if (!mailbox) return mailbox.error();
  return (*mailbox)->id;
}

}  // namespace

ph::Status insertDelivery(Step& step, MessageId id, MailboxId mailbox, std::int64_t date, const DeliveryInfo& info) {
  const auto destined = destinedMailbox(step, info.destined, mailbox);
  if (!destined) return destined.error();
  std::string networks[3];
  for (int level = 1; level <= 3 && !info.isForward; ++level) networks[level - 1] = maskedIp(info.remoteIp, level);
  db::Scoped row(
      step.db.cached("INSERT INTO deliveries VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  row->bind(1, id).bind(2, mailbox).bind(3, *destined).bind(4, date);
  row->text(5, info.remoteIp).text(6, networks[0]).text(7, networks[1]).text(8, networks[2]);
  const auto mailFrom = ph::charset::foldCase(info.mailFrom.localpart);
  const auto from = ph::charset::foldCase(info.from.localpart);
  row->text(9, info.heloDomain).text(10, mailFrom).text(11, info.mailFrom.domain);
  row->text(12, info.rcptTo.localpart).text(13, info.rcptTo.domain);
  row->text(14, from).text(15, info.from.domain).text(16, info.fromOrgDomain);
  row->bind(17, static_cast<int>(info.heloValidation)).bind(18, static_cast<int>(info.mailFromValidation));
  row->bind(19, static_cast<int>(info.fromValidation)).text(20, info.origHeloDomain);
  row->bind(21, info.isForward).bind(22, info.isMailingList).bind(23, info.isReport).bind(24, info.isReject);
  row->text(25, info.tlsVersion).text(26, info.tlsCipher).bind(27, info.requireTls).bind(28, step.now);
  if (auto done = row->run(); !done) return done;
  for (const auto* list : {&info.dkimDomains, &info.origDkimDomains}) {
    for (const auto& domain : *list) {
      db::Scoped dkim(step.db.cached("INSERT OR IGNORE INTO dkim_domains VALUES(?,?,?)"));
      dkim->bind(1, id).text(2, domain).bind(3, list == &info.origDkimDomains);
      if (auto done = dkim->run(); !done) return done;
    }
  }
  return {};
}

ph::Status insertRecipients(Step& step, MessageId id, std::int64_t date, std::string_view header) {
  const ph::header::Block block(header);
  std::size_t left = kMaxRecipients;
  for (const char* name : {"To", "Cc", "Bcc"}) {
    for (const auto* field : block.all(name)) {
      for (const auto& mailbox : ph::address::mailboxes(ph::address::parseList(field->value))) {
        const auto domain = ph::address::normaliseDomain(mailbox.domain);
        if (!domain) continue;
        if (left-- == 0) return {};
        const auto localpart = ph::charset::foldCase(mailbox.localpart);
        const auto organisation = organisationalDomain(*domain);
        db::Scoped row(step.db.cached("INSERT OR IGNORE INTO recipients VALUES(?,?,?,?,?)"));
        row->bind(1, id).text(2, localpart).text(3, *domain).text(4, organisation).bind(5, date);
        if (auto done = row->run(); !done) return done;
      }
    }
  }
  return {};
}

ph::Status removeDelivery(Step& step, MessageId id) {
  for (const char* sql : {"DELETE FROM deliveries WHERE id=?", "DELETE FROM dkim_domains WHERE id=?"}) {
    db::Scoped row(step.db.cached(sql));
    row->bind(1, id);
    if (auto done = row->run(); !done) return done;
  }
  return removeRecipients(step, id);
}

ph::Status removeRecipients(Step& step, MessageId id) {
  db::Scoped row(step.db.cached("DELETE FROM recipients WHERE id=?"));
  row->bind(1, id);
  return row->run();
}

}  // namespace posthouse::store
