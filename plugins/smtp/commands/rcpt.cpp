// RCPT. RFC 5321 4.1.1.3: rcpt = "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path )
//                                [SP Rcpt-parameters] CRLF
#include "address_text.hpp"
#include "commands/table.hpp"
#include "ph/smtp/parameters.hpp"
#include "verdict.hpp"

namespace ph_smtp {

namespace {

using ph::Next;

Next refuse(Session& s, const std::string& address, int code, std::string_view enhanced, std::string_view text) {
  const std::string txn(s.txn().id());
  s.host().info("recipient refused", {{"txn", txn}, {"to", address}, {"reason", text}}, s.id());
  return s.reply(code, enhanced, text);
}

Next judged(Session& s) {
  Envelope& e = *s.envelope();
  const std::string address = std::exchange(e.pending, {});
  if (refuses(s.verdict())) {
    s.txn().removeLastRcpt();
    const auto r = refusalOf(s.verdict());
    refuse(s, address, r.code, r.enhanced, r.text);
    return r.disconnect ? Next::Close : Next::Read;
  }
  s.noteDiscard();
  e.recipients.insert(address);
  return s.reply(250, "2.1.5", "recipient OK");
}

}  // namespace

Next rcpt(Session& s, std::string_view arguments) {
  Envelope* e = s.envelope();
  if (!e) return s.mistake(503, "5.5.1", "MAIL first");
  const auto command = ph::smtp::parseRcpt(arguments);
  if (!command) return s.mistake(501, "5.5.4", command.error().text);
  if (command->notify || command->originalRecipient || !command->others.empty()) {
    return s.mistake(555, "5.5.4", "parameter not supported");
  }
  ph::smtp::Path to = command->forwardPath;
  if (to.needsUtf8() && !e->smtpUtf8) return s.reply(553, "5.6.7", "this address needs the parameter SMTPUTF8");
  const size_t count = s.txn().rcptCount();
  if (e->reversePath.isNull() && count >= 1) {
    return s.reply(452, "4.5.3", "a notification has one recipient, send another one for this");
  }
  if (count >= s.settings().maxRecipients) return s.reply(452, "4.5.3", "too many recipients");

  auto found = ph::sized<ph_address_info>();
  const auto& h = s.host();
  const ph_status status = h.accounts->resolve(h.raw(), ph::str(to.localPart), ph::str(to.domain), &found);
  if (to.isBarePostmaster()) to.domain = s.hostname();
  const std::string address = withoutBrackets(to);
  if (status == PH_E_INVALID) return refuse(s, address, 553, "5.1.3", "this is not a possible address");
  if (status != PH_OK) return refuse(s, address, 451, "4.3.0", "temporary failure, try again later");
  switch (found.kind) {
    case PH_ADDRESS_ACCOUNT:
      break;
    case PH_ADDRESS_UNKNOWN:
      return refuse(s, address, 550, "5.1.1", "no such user here");
    case PH_ADDRESS_DISABLED:
      return refuse(s, address, 450, "4.2.1", "this domain is switched off for now");
    default:
      if (s.service() == Service::Receive) return refuse(s, address, 550, "5.7.1", "relaying denied");
  }
  const std::string canonical = found.canonical[0] ? std::string(found.canonical) : address;
  if (e->recipients.contains(canonical)) return s.reply(250, "2.1.5", "recipient OK, named before");

  auto recipient = ph::sized<ph_rcpt>();
  recipient.kind = found.kind;
  recipient.forward_path = ph::str(address);
  recipient.account = ph::str(found.account);
  if (!s.txn().addRcpt(recipient)) return refuse(s, address, 452, "4.5.3", "too many recipients");
  e->pending = canonical;
  return s.runStage(PH_STAGE_RCPT, &judged);
}

}  // namespace ph_smtp
