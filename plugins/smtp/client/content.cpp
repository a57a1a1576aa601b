// The message itself: DATA, dots doubled, or one chunk when it is binary; and the answers.
// Guarantees: at most 256 KiB wait to be sent. The end of the message is only said to a server that has not answered
// yet. RFC 5321 4.1.1.4, 4.5.2, RFC 3030 2, RFC 2033 4.2, RFC 2920 3.1.
#include "client/dialogue.hpp"
#include "client/timeouts.hpp"

namespace ph_smtp::client {

namespace {

constexpr size_t kRead = 64 * 1024;
constexpr size_t kEnoughWaiting = 64 * 1024;

}  // namespace

ph::Next Dialogue::sayData() {
  if (!chunked()) {
    dataSaid_ = true;
    return say("DATA", {&Dialogue::onData, kDataMs, "DATA"});
  }
  if (!input().empty()) return outOfTurn();
  offset_ = 0;
  if (!write("BDAT " + std::to_string(sending_->mail().size) + " LAST\r\n")) {
    return lost("the server does not read what it is told");
  }
  return readContent();
}

ph::Next Dialogue::onData(const Reply& reply, size_t) {
  if (reply.code == 354) {
    // RFC 2920 3.1: it was said before the refusals were known; the dot alone ends it.
    if (accepted_.empty()) return say(".", {&Dialogue::onNothingSent, kAnswerMs, "an empty message"});
    offset_ = 0;
    stuffer_ = {};
    return readContent();
  }
  if (!reply.temporary() && !reply.permanent() && !accepted_.empty())
    return lost("not an answer to DATA: " + reply.text());
  for (const size_t i : accepted_) sending_->mail().recipients[i].result = outcome(reply);
  accepted_.clear();
  return transactionOver();
}

ph::Next Dialogue::onNothingSent(const Reply&, size_t) {
  return transactionOver();
}

ph::Next Dialogue::readContent() {
  if (pending() > kEnoughWaiting) {
    deadline(kBlockMs);
    return Next::Write;
  }
  buffer_.resize(kRead);
  return work(
      ph::Pool::Disk, [this] { got_ = sending_->mail().message.read(offset_, buffer_.data(), buffer_.size()); },
      &Dialogue::contentRead);
}

ph::Next Dialogue::contentRead() {
  const uint64_t size = sending_->mail().size;
  if (got_ < 0 || (got_ == 0 && offset_ < size)) {
    return abandonContent(here(localTrouble("4.3.0", "the message can't be read")), false);
  }
  const std::string_view bytes(buffer_.data(), static_cast<size_t>(got_));
  std::string out;
  if (chunked()) {
    out = bytes;
  } else {
    stuffer_.add(bytes, out);
  }
  offset_ += bytes.size();
  if (offset_ >= size) return finishContent(std::move(out));
  if (mailEnds_ <= host().monotonicMs()) return lost("the server takes the message too slowly");
  if (!write(out)) return lost("the server does not read the message");
  return readContent();
}

ph::Next Dialogue::finishContent(std::string out) {
  buffer_ = {};
  // Who has answered already has not read what it answers: with the end of the message it could mean anything.
  if (!input().empty()) return earlyAnswer();
  if (!chunked()) stuffer_.finish(out);
  bodySent_ = true;
  if (!write(out)) return lost("the server does not read the message");
  const size_t answers = sending_->lmtp() ? accepted_.size() : 1;  // RFC 2033 4.2
  for (size_t i = 0; i < answers; ++i) await({&Dialogue::onAnswer, kAnswerMs, "the message", accepted_[i]});
  return Next::Read;
}

ph::Next Dialogue::earlyAnswer() {
  size_t used = 0;
  const auto state = reader_.take(input(), &used);
  consume(used);
  const Reply& reply = reader_.reply();
  if (state != ph::smtp::ReplyReader::State::Done || reply.positive() || reply.intermediate()) {
    return lost("the server speaks out of turn");
  }
  return abandonContent(outcome(reply), reply.temporary());
}

// Without its end the message does not exist for the server; then nothing more can be said on this connection.
ph::Next Dialogue::abandonContent(Outcome why, bool tryNext) {
  failActive(why);
  ending_ = Ending{Ending::Kind::Failed, std::move(why), tryNext, false};
  return Next::Close;
}

ph::Next Dialogue::onAnswer(const Reply& reply, size_t recipient) {
  if (reply.intermediate()) return lost("not an answer to the message: " + reply.text());
  Outcome o = outcome(reply);
  auto& recipients = sending_->mail().recipients;
  // RFC 3461 5.2.1: who offers DSN and was told the parameters has taken them over.
  if (o.delivered() && offers_.dsn && !sending_->lmtp()) o.flags |= PH_ATTEMPT_DSN;
  if (o.delivered() && offers_.deliverBy) o.flags |= PH_ATTEMPT_DELIVERBY;
  if (sending_->lmtp()) {
    recipients[recipient].result = o;
  } else {
    for (const size_t i : accepted_) recipients[i].result = o;
  }
  if (reply.code == 421) {
    bodySent_ = false;
    return gone(std::move(o));
  }
  if (!awaited_.empty()) return Next::Read;
  bodySent_ = needsReset_ = false;
  accepted_.clear();
  return transactionOver();
}

}  // namespace ph_smtp::client
