// Replies, waits and ends of a dialogue.
#include "client/dialogue.hpp"

#include <algorithm>

#include "client/timeouts.hpp"

namespace ph_smtp::client {

namespace {

constexpr uint32_t kBusyMs = 200;  // until a full pool is asked again

}  // namespace

void Dialogue::opened() {
  ip_ = ph::view(info().remote_ip);
  sending_->connected(id(), ip_);
}

ph::Next Dialogue::run(uint32_t why) {
  if (why & PH_WHY_TLS_FAILED) return tlsFailed();
  if (why & PH_WHY_EOF) eof_ = true;
  if (ending_ && !(why & PH_WHY_INPUT) && !eof_) return Next::Close;
  if (sending_->cancelled() || (why & PH_WHY_SHUTDOWN)) {
    if (!bodySent_ || awaited_.empty()) {
      if (!ending_) ending_ = Ending{};
      return Next::Close;
    }
    // Nearly there: the answer decides whether the message would be sent twice.
    if (why & (PH_WHY_WAKE | PH_WHY_SHUTDOWN)) deadline(kLastAnswerMs);
  }
  Next next = step(why);
  if (next == Next::Read) next = readReplies();
  if (next == Next::Read && eof_) return lost("the server closed the connection");
  return next;
}

ph::Next Dialogue::step(uint32_t why) {
  if (why & PH_WHY_OPEN) {
    if (tls().active) noteTls();
    if (why & PH_WHY_TLS) return sayHello();
    await({&Dialogue::onGreeting, kGreetingMs, "the greeting"});
    return Next::Read;
  }
  if (why & PH_WHY_DONE) return (this->*std::exchange(then_, nullptr))();
  if (why & PH_WHY_TIMEOUT) {
    if (waiting_) return tryWork();
    if (!awaited_.empty()) return lost(std::string("no answer in time to ") + awaited_.front().what);
    return lost("the server takes the message too slowly");
  }
  if (why & PH_WHY_WRITABLE) return readContent();
  return Next::Read;
}

ph::Next Dialogue::readReplies() {
  while (!awaited_.empty()) {
    size_t used = 0;
    const auto state = reader_.take(input(), &used);
    consume(used);
    if (state == ph::smtp::ReplyReader::State::More) return Next::Read;
    if (state == ph::smtp::ReplyReader::State::Bad) return lost(reader_.problem());
    const Awaited answered = awaited_.front();
    awaited_.pop_front();
    setDeadline();
    // RFC 5321 3.8: it may come at any time, and nothing comes after it. As the answer to the message it is that.
    if (reader_.reply().code == 421 && !bodySent_) return serverLeaves(reader_.reply());
    const Next next = (this->*answered.taker)(reader_.reply(), answered.recipient);
    if (next != Next::Read) return next;
  }
  return Next::Read;
}

// Something came that answers nothing.
ph::Next Dialogue::outOfTurn() {
  size_t used = 0;
  const auto state = reader_.take(input(), &used);
  consume(used);
  if (state == ph::smtp::ReplyReader::State::Done && reader_.reply().code == 421) return serverLeaves(reader_.reply());
  return lost("the server speaks out of turn");
}

void Dialogue::await(Awaited awaited) {
  awaited_.push_back(awaited);
  if (awaited_.size() == 1) setDeadline();
}

void Dialogue::setDeadline() {
  if (awaited_.empty()) return deadline(0);
  uint64_t ms = awaited_.front().ms;
  if (mailEnds_ > 0) {
    const uint64_t now = host().monotonicMs();
    ms = std::min(ms, mailEnds_ > now ? mailEnds_ - now : 1);
  }
  deadline(static_cast<uint32_t>(ms));
}

ph::Next Dialogue::say(std::string line, Awaited awaited) {
  if (awaited_.empty() && !input().empty()) return outOfTurn();
  line += "\r\n";
  if (!write(line)) return lost("the server does not read what it is told");
  await(awaited);
  return Next::Read;
}

ph::Next Dialogue::work(ph::Pool pool, std::function<void()> job, Step then) {
  job_ = std::move(job);
  then_ = then;
  pool_ = pool;
  return tryWork();
}

ph::Next Dialogue::tryWork() {
  if (offload(pool_, job_)) {
    waiting_ = false;
    return Next::Done;
  }
  waiting_ = true;
  deadline(kBusyMs);
  return Next::Sleep;
}

Outcome Dialogue::here(Outcome o) const {
  return sending_->at(std::move(o), ip_, tlsText_);
}

Outcome Dialogue::outcome(const Reply& reply) const {
  return here(fromReply(reply));
}

void Dialogue::noteTls() {
  const auto t = tls();
  tlsActive_ = true;
  verified_ = t.verified != 0;
  tlsText_ = std::string(t.version ? t.version : "TLS") + ' ' + (t.cipher ? t.cipher : "") +
             (verified_ ? ", verified" : ", not verified");
  sending_->note(tlsText_);
}

ph::Next Dialogue::leave(Ending ending) {
  ending_ = std::move(ending);
  mailEnds_ = 0;
  if (!awaited_.empty() || eof_ || !input().empty()) return Next::Close;
  return say("QUIT", {&Dialogue::onQuit, kQuitMs, "QUIT"});
}

ph::Next Dialogue::onQuit(const Reply&, size_t) {
  return Next::Close;
}

ph::Next Dialogue::fail(Ending ending) {
  if (inMail_) failActive(ending.why);
  return leave(std::move(ending));
}

ph::Next Dialogue::lost(std::string_view why) {
  Outcome o = here(localTrouble("4.4.2", std::string(why)));
  if (bodySent_) o.flags |= PH_ATTEMPT_BODY_SENT;
  return gone(std::move(o));
}

ph::Next Dialogue::serverLeaves(const Reply& reply) {
  return gone(outcome(reply));
}

ph::Next Dialogue::gone(Outcome why) {
  if (ending_) return Next::Close;  // QUIT was said already
  if (mails_ > 1 && !mailTaken_ && !mailRefused_) {
    // The server had enough after the messages before: this one has not been tried.
    ending_ = Ending{};
    return Next::Close;
  }
  const bool wide = mails_ == 0;
  if (inMail_) failActive(why);
  ending_ = Ending{Ending::Kind::Failed, std::move(why), true, wide};
  return Next::Close;
}

void Dialogue::closed(ph::Status status) {
  if (!status.ok()) {
    ending_ = Ending{Ending::Kind::Failed, localTrouble("4.4.1", "no connection: " + status.error().text), true, true};
  } else if (!ending_) {
    (void)lost("the connection broke");
  }
  const auto sending = std::move(sending_);
  sending->over(std::move(*ending_));
}

}  // namespace ph_smtp::client
