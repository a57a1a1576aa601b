// Delivery of received mail.
#include "data/binary.hpp"
#include "data/finish.hpp"
#include "data/notify.hpp"
#include "data/receive.hpp"
#include "verdict.hpp"

namespace ph_smtp {

namespace {

using ph::Next;

constexpr uint32_t kUnknownPauseMs = 5000;

// The client gets one answer for all recipients; what it does not tell stands in the log.
void logOutcomes(Session& s) {
  const std::string txn(s.txn().id());
  for (size_t i = 0; i < s.txn().rcptCount(); ++i) {
    const auto outcome = s.txn().outcome(i);
    if (!refuses(outcome)) continue;
    s.host().warn("recipient not served",
                  {{"txn", txn}, {"index", std::to_string(i)}, {"reason", refusalOf(outcome).text}}, s.id());
  }
}

Next delivered(Session& s) {
  // RFC 2033: the client of LMTP hears about each recipient, whatever became of the others.
  const bool each = s.service() == Service::Lmtp && s.envelope()->delivered;
  if (!each && refuses(s.verdict())) return refuseMessage(s);
  logOutcomes(s);
  return acceptMessage(s);
}

Next nobodyKnown(Session& s) {
  return refuseMessage(s, 550, "5.1.1", "no such user here");
}

Next store(Session& s) {
  if (refuses(s.verdict())) return refuseMessage(s);
  return s.work(
      ph::Pool::Disk,
      [&s] {
        s.envelope()->delivered = s.txn().deliver(s.verdict()).ok();
        if (!s.envelope()->delivered) return setVerdict(s.verdict(), PH_VERDICT_TEMPFAIL);
        // Better a second copy for some than nobody being told: the client tries again.
        const bool tell = s.service() == Service::Lmtp || !refuses(s.verdict());
        if (tell && !notifySender(s)) setVerdict(s.verdict(), PH_VERDICT_TEMPFAIL);
      },
      &delivered);
}

// The hooks have seen, and verified signatures of, what was sent.
Next judged(Session& s) {
  if (refuses(s.verdict())) return refuseMessage(s);
  s.noteDiscard();
  if (s.discards()) return acceptMessage(s);
  if (!needsConversion(s)) return store(s);
  return s.work(
      ph::Pool::Disk, [&s] { convertBinary(s); }, &store);
}

}  // namespace

Next deliver(Session& s) {
  // Whoever tries out addresses shall not do it quickly.
  if (s.envelope()->unknown == s.txn().rcptCount()) {
    return s.settings().slowDown ? s.pause(kUnknownPauseMs, &nobodyKnown) : nobodyKnown(s);
  }
  return s.runStage(PH_STAGE_DATA, &judged);
}

}  // namespace ph_smtp
