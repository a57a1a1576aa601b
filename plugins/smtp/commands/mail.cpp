// MAIL. RFC 5321 4.1.1.2: mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
// Parameters: SIZE (RFC 1870 6), BODY (RFC 6152 2), SMTPUTF8 (RFC 6531 3.4), AUTH (RFC 4954 5: read, not used).
#include "address_text.hpp"
#include "commands/table.hpp"
#include "ph/smtp/parameters.hpp"
#include "verdict.hpp"

namespace ph_smtp {

namespace {

using ph::Next;
using ph::smtp::MailCommand;

Next refused(Session& s) {
  const auto r = refusalOf(s.verdict());
  s.logMessage("sender refused", r.text);
  s.resetTransaction();
  return r.disconnect ? s.close(r.code, r.enhanced, r.text) : s.reply(r.code, r.enhanced, r.text);
}

Next judged(Session& s) {
  if (refuses(s.verdict())) return refused(s);
  s.noteDiscard();
  return s.reply(250, "2.1.0", "sender OK");
}

Next prepared(Session& s) {
  if (refuses(s.verdict())) return refused(s);
  const Envelope& e = *s.envelope();
  if (!s.txn().setReversePath(withoutBrackets(e.reversePath), e.smtpUtf8, e.eightBit)) {
    setVerdict(s.verdict(), PH_VERDICT_TEMPFAIL);
    return refused(s);
  }
  return s.runStage(PH_STAGE_MAIL, &judged);
}

// The first parameter that was not announced by EHLO.
std::string_view notOffered(const MailCommand& m) {
  if (!m.others.empty()) return m.others.front().keyword;
  if (m.requireTls) return "REQUIRETLS";
  if (m.returnFull) return "RET";
  if (m.envId) return "ENVID";
  if (m.body == ph::smtp::Body::BinaryMime) return "BODY=BINARYMIME";
  return {};
}

bool maySend(Session& s, const ph::smtp::Path& from) {
  if (from.isNull()) return true;  // notifications of a mail program, RFC 8098 2.1
  const auto& h = s.host();
  return h.accounts->may_send_as(h.raw(), ph::str(s.account()), ph::str(from.localPart), ph::str(from.domain)) == PH_OK;
}

}  // namespace

Next mail(Session& s, std::string_view arguments) {
  if (!s.greeted()) return s.mistake(503, "5.5.1", "say EHLO first");
  if (s.service() == Service::Submission && s.account().empty()) {
    return s.mistake(530, "5.7.0",
                     s.authAllowed() ? "authentication required" : "STARTTLS and authentication required");
  }
  if (s.envelope()) return s.mistake(503, "5.5.1", "a transaction is open already");
  const auto command = ph::smtp::parseMail(arguments);
  if (!command) return s.mistake(501, "5.5.4", command.error().text);
  if (const auto name = notOffered(*command); !name.empty()) {
    return s.mistake(555, "5.5.4", "parameter not supported: " + std::string(name));
  }
  if (command->size && *command->size > s.settings().maxMessageSize) {
    return s.reply(552, "5.3.4", "message too large, the limit is " + std::to_string(s.settings().maxMessageSize));
  }
  // RFC 6531 3.5
  if (command->reversePath.needsUtf8() && !command->smtpUtf8) {
    return s.reply(553, "5.6.7", "this address needs the parameter SMTPUTF8");
  }
  if (s.service() == Service::Submission && !maySend(s, command->reversePath)) {
    s.host().info("sender refused", {{"account", s.account()}, {"reason", "not an address of the account"}}, s.id());
    return s.reply(550, "5.7.1", "this is not an address of yours");
  }
  auto envelope = std::make_unique<Envelope>();
  envelope->reversePath = command->reversePath;
  envelope->smtpUtf8 = command->smtpUtf8;
  envelope->eightBit = command->body == ph::smtp::Body::EightBitMime;
  s.beginTransaction(std::move(envelope));
  return s.prepare(&prepared);
}

}  // namespace ph_smtp
