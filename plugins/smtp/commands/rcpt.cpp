// RCPT. RFC 5321 4.1.1.3: rcpt = "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path )
//                                [SP Rcpt-parameters] CRLF
// Parameters: NOTIFY, ORCPT (RFC 3461 4.1, 4.2).
#include <cstring>

#include <ph/draft/host/transport.h>

#include "address_text.hpp"
#include "commands/table.hpp"
#include "ph/smtp/parameters.hpp"
#include "test_errors.hpp"
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
  const std::string canonical = std::exchange(e.pending, {});
  const size_t place = s.txn().rcptCount() - 1;
  auto recipient = ph::sized<ph_rcpt>();
  s.txn().api().rcpt(s.txn().raw(), place, &recipient);
  if (refuses(s.verdict())) {
    const std::string address(ph::view(recipient.forward_path));
    s.txn().removeLastRcpt();
    const auto r = refusalOf(s.verdict());
    refuse(s, address, r.code, r.enhanced, r.text);
    return r.disconnect ? Next::Close : Next::Read;
  }
  s.noteDiscard();
  if (recipient.kind == PH_ADDRESS_UNKNOWN) ++e.unknown;
  e.recipients.emplace(canonical, place);
  e.answers.push_back(place);
  return s.reply(250, "2.1.5", "recipient OK");
}

Next testErrorAfterPause(Session& s) {
  return s.reply(451, "4.4.2", "this address times out");
}

// What the admin wants told for an address.
Next refuseAsConfigured(Session& s, const std::string& address, const ph_address_info& found) {
  // 421 would announce the end of the connection.
  const int code = found.code == 421 ? 450 : found.code >= 400 && found.code <= 599 ? found.code : 550;
  const std::string text(found.text, strnlen(found.text, sizeof found.text));
  return refuse(s, address, code, code < 500 ? "4.2.1" : "5.2.1", text.empty() ? "this address takes no mail" : text);
}

// Reasons that need no look at the address itself.
std::optional<Next> notAnother(Session& s, const Envelope& e) {
  const size_t count = s.txn().rcptCount();
  if (count >= s.settings().maxRecipients) return s.reply(452, "4.5.3", "too many recipients");
  if (count == 0 || s.service() == Service::Lmtp) return std::nullopt;
  if (e.reversePath.isNull()) {
    return s.reply(452, "4.5.3", "a notification has one recipient, send another one for this");
  }
  // When the message is refused for some recipients only, the sender is told by mail. That must not hit somebody whose
  // address was made up, so it takes a verified sender; others send to one recipient at a time.
  if (s.service() != Service::Receive) return std::nullopt;
  const auto spf = s.txn().fact("auth.spf");
  if (!spf || *spf == "pass") return std::nullopt;
  return s.reply(452, "4.5.3", "the sender is not verified by SPF, send to one recipient at a time");
}

uint32_t notifyOf(const ph::smtp::RcptCommand& command) {
  if (!command.notify) return 0;
  const auto& n = *command.notify;
  return PH_NOTIFY_GIVEN | (n.never ? PH_NOTIFY_NEVER : 0u) | (n.success ? PH_NOTIFY_SUCCESS : 0u) |
         (n.failure ? PH_NOTIFY_FAILURE : 0u) | (n.delay ? PH_NOTIFY_DELAY : 0u);
}

}  // namespace

Next rcpt(Session& s, std::string_view arguments) {
  Envelope* e = s.envelope();
  if (!e) return s.mistake(503, "5.5.1", "MAIL first");
  if (e->incoming) return s.mistake(503, "5.5.1", "too late, the message has begun");
  const auto command = ph::smtp::parseRcpt(arguments);
  if (!command) return s.mistake(501, "5.5.4", command.error().text);
  if (!command->others.empty()) {
    return s.mistake(555, "5.5.4", "parameter not supported");
  }
  ph::smtp::Path to = command->forwardPath;
  if (to.needsUtf8() && !e->has(PH_MAIL_SMTPUTF8)) {
    return s.reply(553, "5.6.7", "this address needs the parameter SMTPUTF8");
  }
  if (const auto no = notAnother(s, *e)) return *no;

  auto found = ph::sized<ph_address_info>();
  const auto& h = s.host();
  const ph_status status = h.accounts->resolve(h.raw(), ph::str(to.localPart), ph::str(to.domain), &found);
  if (to.isBarePostmaster()) to.domain = s.hostname();
  const std::string address = withoutBrackets(to);
  if (status == PH_E_INVALID) return refuse(s, address, 553, "5.1.3", "this is not a possible address");
  if (status != PH_OK) return refuse(s, address, 451, "4.3.0", "temporary failure, try again later");
  switch (found.kind) {
    case PH_ADDRESS_ACCOUNT:
    case PH_ADDRESS_ALIAS:
      break;
    case PH_ADDRESS_UNKNOWN:
      // A stranger learns only after the message who exists here: guessing addresses gets slow and leaves traces.
      if (s.service() != Service::Receive) return refuse(s, address, 550, "5.1.1", "no such user here");
      break;
    case PH_ADDRESS_DISABLED:
      return refuse(s, address, 450, "4.2.1", "this domain is switched off for now");
    case PH_ADDRESS_REFUSED:
      return refuseAsConfigured(s, address, found);
    default:
      if (s.service() == Service::Submission) break;
      return refuse(s, address, 550, "5.1.1", "not a domain of this server, relaying denied");
  }
  if (s.settings().errorLocalparts) {
    const auto error = testErrorOf(to.localPart);
    if (error && error->where == TestError::Where::Rcpt) {
      if (error->timeout) return s.pause(kTestTimeoutMs, &testErrorAfterPause);
      return refuse(s, address, error->code, error->code < 500 ? "4.0.0" : "5.0.0", "this address is refused at RCPT");
    }
  }
  e->needsUtf8 = e->needsUtf8 || to.needsUtf8();
  const std::string canonical = found.canonical[0] ? std::string(found.canonical) : address;
  if (const auto before = e->recipients.find(canonical); before != e->recipients.end()) {
    e->answers.push_back(before->second);
    return s.reply(250, "2.1.5", "recipient OK, named before");
  }

  auto recipient = ph::sized<ph_rcpt>();
  recipient.kind = found.kind;
  recipient.forward_path = ph::str(address);
  recipient.account = ph::str(found.account);
  recipient.notify = notifyOf(*command);
  recipient.orcpt = ph::str(command->originalRecipient ? *command->originalRecipient : std::string_view());
  if (!s.txn().addRcpt(recipient)) return refuse(s, address, 452, "4.5.3", "too many recipients");
  e->pending = canonical;
  return s.runStage(PH_STAGE_RCPT, &judged);
}

}  // namespace ph_smtp
