#include <ph/draft/host/transport.h>

#include "data/notify.hpp"

#include "address_text.hpp"
#include "data/message_id.hpp"
#include "ph/dsn/report.hpp"
#include "ph/header/block.hpp"
#include "verdict.hpp"

namespace ph_smtp {

namespace {

// RFC 3461 4.1: failures are told unless that was not wanted, successes only when they were asked for.
bool wanted(uint32_t notify, bool refused) {
  if (!(notify & PH_NOTIFY_GIVEN)) return refused;
  return (notify & (refused ? PH_NOTIFY_FAILURE : PH_NOTIFY_SUCCESS)) != 0;
}

std::vector<ph::dsn::Recipient> recipientsToTellOf(Session& s) {
  std::vector<ph::dsn::Recipient> out;
  for (size_t i = 0; i < s.txn().rcptCount(); ++i) {
    const auto outcome = s.txn().outcome(i);
    auto recipient = ph::sized<ph_rcpt>();
    if (s.txn().api().rcpt(s.txn().raw(), i, &recipient) != PH_OK) continue;
    const bool refused = refuses(outcome);
    if (!wanted(recipient.notify, refused)) continue;
    if (refused && s.service() == Service::Lmtp) continue;  // RFC 2033 4.2: the client is told, and tells the sender
    const std::string address(ph::view(recipient.forward_path)), original(ph::view(recipient.orcpt));
    if (!refused) {
      out.push_back({address, original, ph::dsn::Action::Delivered, "2.1.5", ""});
      continue;
    }
    const auto r = refusalOf(outcome);
    out.push_back({address, original, ph::dsn::Action::Failed, r.enhanced,
                   std::to_string(r.code) + " " + r.enhanced + " " + r.text});
  }
  return out;
}

bool queue(Session& s, const ph::dsn::Notification& n) {
  const auto& h = s.host();
  const auto& to = s.envelope()->reversePath;
  auto message = ph::Message::create(h, n.message.size());
  if (!message || message.write(n.message) != PH_OK || message.finish() != PH_OK) return false;
  auto info = ph::sized<ph_txn_info>();
  info.session_id = s.id();
  auto txn = ph::Transaction::create(h, info);
  if (!txn) return false;
  auto params = ph::sized<ph_mail_params>();
  if (n.smtpUtf8) params.flags |= PH_MAIL_SMTPUTF8;
  if (n.eightBit) params.flags |= PH_MAIL_8BITMIME;
  auto found = ph::sized<ph_address_info>();
  if (h.accounts->resolve(h.raw(), ph::str(to.localPart), ph::str(to.domain), &found) != PH_OK) return false;
  const std::string address = withoutBrackets(to);
  auto recipient = ph::sized<ph_rcpt>();
  recipient.kind = found.kind;
  recipient.forward_path = ph::str(address);
  recipient.account = ph::str(found.account);
  auto error = ph::noError();
  if (!txn.setReversePath("", params) || !txn.addRcpt(recipient) || !txn.setMessage(message)) return false;
  if (h.queue->submit(h.raw(), txn.raw(), &error) != PH_OK) {
    h.error("the queue did not take a notification", {{"txn", s.txn().id()}, {"reason", error.text}}, s.id());
    return false;
  }
  h.info("sender notified", {{"txn", s.txn().id()}, {"to", address}, {"notification", txn.id()}}, s.id());
  return true;
}

}  // namespace

bool notifySender(Session& s) {
  ph::dsn::Report report;
  report.recipients = recipientsToTellOf(s);
  if (report.recipients.empty() || s.envelope()->reversePath.isNull()) return true;
  if (const auto spf = s.txn().fact("auth.spf"); spf && *spf != "pass") {
    s.host().info("sender not notified", {{"txn", s.txn().id()}, {"reason", "not verified by SPF"}}, s.id());
    return true;
  }
  std::string buffer(ph::header::kMaxBlock, '\0');
  const int64_t n = s.envelope()->incoming->message().read(0, buffer.data(), buffer.size());
  if (n < 0) return false;
  const int64_t now = s.host().wallMs() / 1000;
  report.hostname = s.hostname();
  report.sender = withoutBrackets(s.envelope()->reversePath);
  report.messageId = newMessageId(s);
  report.boundary = report.messageId.substr(1, report.messageId.find('@') - 1);
  report.now = report.arrival = {now, s.host().zoneMinutes(now)};
  report.envelopeId = s.envelope()->envid;
  report.deliverBy = s.envelope()->params.deliver_by;
  report.header = std::string_view(buffer).substr(0, static_cast<size_t>(n));
  const auto notification = ph::dsn::compose(report);
  return notification && queue(s, *notification);
}

}  // namespace ph_smtp
