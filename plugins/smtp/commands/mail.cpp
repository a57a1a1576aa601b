// MAIL. RFC 5321 4.1.1.2: mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
// Parameters: SIZE (RFC 1870 6), BODY (RFC 6152 2, RFC 3030 3), SMTPUTF8 (RFC 6531 3.4), AUTH (RFC 4954 5: read, not
// used), REQUIRETLS (RFC 8689 2), HOLDFOR and HOLDUNTIL (RFC 4865 3, submission alone), RET and ENVID (RFC
// 3461 4.3, 4.4), BY (RFC 2852 4), MT-PRIORITY (RFC 6710 4.1, submission alone).
#include <ph/draft/host/transport.h>

#include "address_text.hpp"
#include "commands/table.hpp"
#include "data/sender_domain.hpp"
#include "hold.hpp"
#include "ph/smtp/parameters.hpp"
#include "test_errors.hpp"
#include "verdict.hpp"

namespace ph_smtp {

namespace {

using ph::Next;
using ph::smtp::Body;
using ph::smtp::MailCommand;

Next refuse(Session& s, int code, std::string_view enhanced, std::string_view text) {
  s.logMessage("sender refused", text);
  s.resetTransaction();
  return s.reply(code, enhanced, text);
}

Next refused(Session& s) {
  const auto r = refusalOf(s.verdict());
  refuse(s, r.code, r.enhanced, r.text);
  return r.disconnect ? Next::Close : Next::Read;
}

Next judged(Session& s) {
  if (refuses(s.verdict())) return refused(s);
  s.noteDiscard();
  return s.reply(250, "2.1.0", "sender OK");
}

Next prepared(Session& s) {
  if (refuses(s.verdict())) return refused(s);
  const Envelope& e = *s.envelope();
  if (!s.txn().setReversePath(withoutBrackets(e.reversePath), e.params)) {
    setVerdict(s.verdict(), PH_VERDICT_TEMPFAIL);
    return refused(s);
  }
  return s.runStage(PH_STAGE_MAIL, &judged);
}

Next begin(Session& s) {
  return s.prepare(&prepared);
}

Next domainChecked(Session& s) {
  return refuses(s.verdict()) ? refused(s) : begin(s);
}

Next testErrorAfterPause(Session& s) {
  return refuse(s, 451, "4.4.2", "this address times out");
}

// The first parameter that was not announced by EHLO.
std::string_view notOffered(const Session& s, const MailCommand& m) {
  if (!m.others.empty()) return m.others.front().keyword;
  if (s.service() == Service::Submission) return {};
  if (m.holdFor) return "HOLDFOR";
  if (m.holdUntil) return "HOLDUNTIL";
  if (m.priority) return "MT-PRIORITY";
  return {};
}

bool maySend(Session& s, const ph::smtp::Path& from) {
  if (from.isNull()) return true;  // notifications of a mail program, RFC 8098 2.1
  const auto& h = s.host();
  return h.accounts->may_send_as(h.raw(), ph::str(s.account()), ph::str(from.localPart), ph::str(from.domain)) == PH_OK;
}

bool fromDisabledDomain(Session& s, const ph::smtp::Path& from) {
  if (from.isNull()) return false;
  auto found = ph::sized<ph_address_info>();
  const auto& h = s.host();
  return h.accounts->resolve(h.raw(), ph::str(from.localPart), ph::str(from.domain), &found) == PH_OK &&
         found.kind == PH_ADDRESS_DISABLED;
}

// When the message may leave, 0: at once. RFC 4865 4.2: at most as far ahead as EHLO said, else 501.
ph::Result<int64_t> holdUntil(const MailCommand& m, int64_t now) {
  if (!m.holdFor && !m.holdUntil) return int64_t{0};
  const int64_t until = m.holdFor ? now + *m.holdFor : *m.holdUntil;
  if (until <= now) return ph::Error{ph::Kind::Invalid, "the time to hold the message until has passed"};
  if (until > now + kMaxHoldSeconds) return ph::Error{ph::Kind::Invalid, "messages are not held so long"};
  return until;
}

uint32_t flagsOf(const MailCommand& m) {
  uint32_t flags = 0;
  if (m.smtpUtf8) flags |= PH_MAIL_SMTPUTF8;
  if (m.requireTls) flags |= PH_MAIL_REQUIRETLS;
  if (m.body == Body::EightBitMime) flags |= PH_MAIL_8BITMIME;
  if (m.body == Body::BinaryMime) flags |= PH_MAIL_BINARYMIME;
  if (m.deliverBy && m.deliverBy->trace) flags |= PH_MAIL_BY_TRACE;
  return flags;
}

}  // namespace

Next mail(Session& s, std::string_view arguments) {
  if (!s.greeted()) return s.mistake(503, "5.5.1", s.service() == Service::Lmtp ? "say LHLO first" : "say EHLO first");
  if (s.service() == Service::Submission && s.account().empty()) {
    return s.mistake(530, "5.7.0",
                     s.authAllowed() ? "authentication required" : "STARTTLS and authentication required");
  }
  if (s.envelope()) return s.mistake(503, "5.5.1", "a transaction is open already");
  if (s.onlyFails()) {
    s.host().info("too many failed transactions", {{"remote", ph::view(s.info().remote_ip)}}, s.id());
    return s.close(550, "5.1.0", "too many failures, closing connection");
  }
  const auto command = ph::smtp::parseMail(arguments);
  if (!command) return s.mistake(501, "5.5.4", command.error().text);
  if (const auto name = notOffered(s, *command); !name.empty()) {
    return s.mistake(555, "5.5.4", "parameter not supported: " + std::string(name));
  }
  // RFC 8689 2: the session itself must employ TLS.
  if (command->requireTls && !s.tlsActive()) return s.mistake(523, "5.7.10", "REQUIRETLS needs TLS");
  const int64_t now = (s.host().wallMs() + 999) / 1000;  // never a moment too early
  const auto hold = holdUntil(*command, now);
  if (!hold) return s.mistake(501, "5.5.4", hold.error().text);
  if (command->size && *command->size > s.settings().maxMessageSize) {
    return s.reply(552, "5.3.4", "message too large, the limit is " + std::to_string(s.settings().maxMessageSize));
  }
  // RFC 6531 3.5
  if (command->reversePath.needsUtf8() && !command->smtpUtf8) {
    return s.reply(553, "5.6.7", "this address needs the parameter SMTPUTF8");
  }
  if (fromDisabledDomain(s, command->reversePath)) {
    return s.reply(451, "4.3.0", "the domain of this address is switched off for now");
  }
  if (s.service() == Service::Submission && !maySend(s, command->reversePath)) {
    s.host().info("sender refused", {{"account", s.account()}, {"reason", "not an address of the account"}}, s.id());
    return s.reply(550, "5.7.1", "this is not an address of yours");
  }
  auto envelope = std::make_unique<Envelope>();
  envelope->reversePath = command->reversePath;
  envelope->needsUtf8 = command->reversePath.needsUtf8();
  envelope->params.flags = flagsOf(*command);
  envelope->params.declared_size = command->size.value_or(0);
  envelope->params.hold_until = *hold;
  if (command->returnFull) envelope->params.ret = *command->returnFull ? PH_RET_FULL : PH_RET_HDRS;
  envelope->params.priority = command->priority.value_or(0);
  if (const auto& by = command->deliverBy) {
    envelope->params.deliver_by = s.host().wallMs() / 1000 + by->seconds;
    envelope->params.by_mode = by->orReturn ? 'R' : 'N';
  }
  envelope->envid = command->envId.value_or("");
  envelope->params.envid = ph::str(envelope->envid);
  s.beginTransaction(std::move(envelope));
  if (s.settings().errorLocalparts) {
    const auto error = testErrorOf(command->reversePath.localPart);
    if (error && error->where == TestError::Where::Mail) {
      if (error->timeout) return s.pause(kTestTimeoutMs, &testErrorAfterPause);
      return refuse(s, error->code, error->code < 500 ? "4.0.0" : "5.0.0", "this address is refused at MAIL");
    }
  }
  if (s.checksDomains()) return checkSenderDomain(s, &domainChecked);
  return begin(s);
}

}  // namespace ph_smtp
