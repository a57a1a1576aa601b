#include "data/receive.hpp"

#include <algorithm>

#include "address_text.hpp"
#include "data/finish.hpp"
#include "data/pedantic.hpp"
#include "ph/text/ascii.hpp"
#include "test_errors.hpp"
#include "verdict.hpp"

namespace ph_smtp {

using ph::Next;

namespace {

constexpr uint64_t kSlack = 64 * 1024;

Next finish(Session& s) {
  return s.service() == Service::Submission ? submit(s) : deliver(s);
}

Next testErrorAfterPause(Session& s) {
  return refuseMessage(s, 451, "4.4.2", "this address times out");
}

// The first address that asks for an error after the message.
std::optional<TestError> testError(Session& s) {
  if (!s.settings().errorLocalparts) return std::nullopt;
  const auto& api = s.txn().api();
  for (size_t i = 0; i <= s.txn().rcptCount(); ++i) {
    std::string_view address = ph::view(api.reverse_path(s.txn().raw()));
    auto recipient = ph::sized<ph_rcpt>();
    if (api.rcpt(s.txn().raw(), i, &recipient) == PH_OK) address = ph::view(recipient.forward_path);
    const auto error = testErrorOf(address.substr(0, address.rfind('@')));
    if (error && error->where == TestError::Where::Message) return error;
  }
  return std::nullopt;
}

// What the message itself says about how it may be sent on.
bool updateParams(Session& s) {
  Envelope& e = *s.envelope();
  const Incoming& in = *e.incoming;
  // Said, but not needed: without it the message can go to more servers.
  if (!e.needsUtf8 && !in.header().nonAscii()) e.params.flags &= ~PH_MAIL_SMTPUTF8;
  if (e.has(PH_MAIL_BINARYMIME) && !in.binary()) {
    e.params.flags &= ~PH_MAIL_BINARYMIME;
    e.params.flags |= PH_MAIL_8BITMIME;
  }
  // RFC 8689 3, 4.1: a single field, and the parameter of MAIL is stronger.
  const auto& tls = in.header().field("tls-required");
  if (tls.count == 1 && !e.has(PH_MAIL_REQUIRETLS) && ph::text::equalsNoCase(ph::text::trim(tls.value), "no")) {
    e.params.flags |= PH_MAIL_TLS_OPTIONAL;
  }
  return s.txn().setReversePath(withoutBrackets(e.reversePath), e.params).ok();
}

Next checked(Session& s) {
  return refuses(s.verdict()) ? refuseMessage(s) : finish(s);
}

Next complete(Session& s) {
  s.endData();
  Incoming& in = *s.envelope()->incoming;
  in.finish();
  if (!in.refusal().empty()) return refuseMessage(s, 550, "5.6.0", in.refusal());
  if (in.tooLarge()) return refuseMessage(s, 552, "5.3.4", "message too large");
  if (in.header().field("received").count > s.settings().maxReceived) {
    return refuseMessage(s, 550, "5.4.6", "too many Received fields, this is a loop");
  }
  if (in.failure() == PH_E_LIMIT) return refuseMessage(s, 452, "4.3.1", "no room for this message, try again later");
  if (in.failure() != PH_OK || !updateParams(s) || !s.txn().setMessage(in.message()) ||
      !s.txn().addTrace("Received", s.txn().received())) {
    return refuseMessage(s, 451, "4.3.0", "the message could not be kept, try again later");
  }
  if (const auto error = testError(s)) {
    if (error->timeout) return s.pause(kTestTimeoutMs, &testErrorAfterPause);
    return refuseMessage(s, error->code, error->code < 500 ? "4.0.0" : "5.0.0", "an address asks for this error");
  }
  return s.settings().pedantic ? s.work(
                                     ph::Pool::Disk, [&s] { checkPedantically(s); }, &checked)
                               : finish(s);
}

Next observed(Session& s) {
  s.resetTransaction();
  return Next::Read;
}

// RFC 2033 4.2: one reply for each RCPT that was accepted, in their order.
void replyToEach(Session& s, int code, std::string_view enhanced, std::string_view text) {
  const size_t count = s.service() == Service::Lmtp ? s.envelope()->answers.size() : 1;
  for (size_t i = 0; i < count; ++i) s.reply(code, enhanced, text);
}

void replyAccepted(Session& s) {
  const std::string text = "accepted " + std::string(s.txn().id());
  if (s.service() != Service::Lmtp || s.discards()) return replyToEach(s, 250, "2.0.0", text);
  for (const size_t place : s.envelope()->answers) {
    const auto outcome = s.txn().outcome(place);
    if (refuses(outcome)) {
      const auto r = refusalOf(outcome);
      s.reply(r.code, r.enhanced, r.text);
    } else {
      s.reply(250, "2.0.0", text);
    }
  }
}

Next receiveData(Session& s) {
  Incoming& in = *s.envelope()->incoming;
  s.consume(in.takeData(s.input()));
  if (in.dataDone()) return complete(s);
  if (farTooLarge(s, 0)) {
    refuseMessage(s, 552, "5.3.4", "message much too large, closing connection");
    return Next::Close;
  }
  return Next::Read;
}

// What went wrong with the octets so far; nothing: go on.
std::optional<Next> brokenChunk(Session& s) {
  const Incoming& in = *s.envelope()->incoming;
  int code = 0;
  std::string_view enhanced, text;
  if (!in.refusal().empty()) {
    code = 550, enhanced = "5.6.0", text = in.refusal();
  } else if (in.tooLarge()) {
    code = 552, enhanced = "5.3.4", text = "message too large";
  } else if (in.failure() == PH_E_LIMIT) {
    code = 452, enhanced = "4.3.1", text = "no room for this message, try again later";
  } else if (in.failure() != PH_OK) {
    code = 451, enhanced = "4.3.0", text = "the message could not be kept, try again later";
  } else {
    return std::nullopt;
  }
  // One reply, also in LMTP: only the last chunk is answered for each recipient.
  s.logMessage("message refused", text);
  s.reply(code, enhanced, text);
  s.resetTransaction();
  return Next::Read;
}

Next receiveChunk(Session& s) {
  Chunk& c = *s.chunk();
  const size_t n = static_cast<size_t>(std::min<uint64_t>(c.left, s.input().size()));
  if (c.code == 0) s.envelope()->incoming->takeChunk(s.input().substr(0, n));
  s.consume(n);
  c.left -= n;
  if (c.left > 0) return Next::Read;
  const Chunk done = std::move(c);
  s.endData();
  if (done.code != 0) return s.reply(done.code, done.enhanced, done.text);
  if (done.last) return complete(s);
  if (const auto next = brokenChunk(s)) return *next;
  return s.reply(250, "2.0.0", std::to_string(done.size) + " octets received");
}

}  // namespace

bool beginMessage(Session& s, Incoming::Form form) {
  const uint64_t max = s.settings().maxMessageSize;
  auto message = ph::Message::create(s.host(), max);
  if (!message) return false;
  s.envelope()->incoming = std::make_unique<Incoming>(std::move(message), Incoming::Limits{max, s.host().monotonicMs()},
                                                      form, s.service() == Service::Submission);
  return true;
}

bool farTooLarge(const Session& s, uint64_t more) {
  const Envelope* e = s.envelope();
  const uint64_t before = e && e->incoming ? e->incoming->consumed() : 0;
  const uint64_t max = e && e->incoming ? e->incoming->limits().maxSize : s.settings().maxMessageSize;
  return before / 2 + more / 2 > max + kSlack;
}

Next receive(Session& s) {
  return s.chunk() ? receiveChunk(s) : receiveData(s);
}

Next acceptMessage(Session& s) {
  s.logMessage(s.discards() ? "message discarded" : "message accepted", "");
  replyAccepted(s);
  s.noteSuccess();
  if (!s.discards()) return s.runStage(PH_STAGE_ACCEPTED, &observed);  // the reply leaves meanwhile
  s.resetTransaction();
  return Next::Read;
}

Next refuseMessage(Session& s, int code, std::string_view enhanced, std::string_view text) {
  s.logMessage("message refused", text);
  replyToEach(s, code, enhanced, text);
  s.resetTransaction();
  return Next::Read;
}

Next refuseMessage(Session& s) {
  const auto r = refusalOf(s.verdict());
  refuseMessage(s, r.code, r.enhanced, r.text);
  return r.disconnect ? Next::Close : Next::Read;
}

}  // namespace ph_smtp
