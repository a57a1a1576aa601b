#include "data/receive.hpp"

#include "data/finish.hpp"
#include "verdict.hpp"

namespace ph_smtp {

using ph::Next;

namespace {

constexpr uint64_t kSlack = 64 * 1024;

Next complete(Session& s) {
  s.endData();
  Incoming& in = *s.envelope()->incoming;
  if (in.reader.refusal() != ph::smtp::DataReader::Refusal::None) {
    return refuseMessage(s, 550, "5.6.0", in.reader.refusalText());
  }
  if (in.tooLarge) return refuseMessage(s, 552, "5.3.4", "message too large");
  if (in.reader.receivedFields() > s.settings().maxReceived) {
    return refuseMessage(s, 550, "5.4.6", "too many Received fields, this is a loop");
  }
  if (in.failure == PH_OK) in.failure = in.message.finish();
  if (in.failure == PH_E_LIMIT) return refuseMessage(s, 452, "4.3.1", "no room for this message, try again later");
  if (in.failure != PH_OK || !s.txn().setMessage(in.message) || !s.txn().addTrace("Received", s.txn().received())) {
    return refuseMessage(s, 451, "4.3.0", "the message could not be kept, try again later");
  }
  return s.service() == Service::Receive ? deliver(s) : submit(s);
}

Next observed(Session& s) {
  s.resetTransaction();
  return Next::Read;
}

}  // namespace

Next receive(Session& s) {
  Incoming& in = *s.envelope()->incoming;
  const size_t taken = in.reader.feed(s.input());
  s.consume(taken);
  in.consumed += taken;
  if (in.reader.done()) return complete(s);
  if (in.consumed / 2 > in.maxSize + kSlack) {
    refuseMessage(s, 552, "5.3.4", "message much too large, closing connection");
    return Next::Close;
  }
  return Next::Read;
}

Next acceptMessage(Session& s) {
  s.logMessage(s.discards() ? "message discarded" : "message accepted", "");
  s.reply(250, "2.0.0", "accepted " + std::string(s.txn().id()));
  if (!s.discards()) return s.runStage(PH_STAGE_ACCEPTED, &observed);  // the reply leaves meanwhile
  s.resetTransaction();
  return Next::Read;
}

Next refuseMessage(Session& s, int code, std::string_view enhanced, std::string_view text) {
  const std::string id(s.txn().id());
  s.logMessage("message refused", text);
  s.resetTransaction();
  return s.reply(code, enhanced, std::string(text) + " " + id);
}

Next refuseMessage(Session& s) {
  const auto r = refusalOf(s.verdict());
  refuseMessage(s, r.code, r.enhanced, r.text);
  return r.disconnect ? Next::Close : Next::Read;
}

}  // namespace ph_smtp
