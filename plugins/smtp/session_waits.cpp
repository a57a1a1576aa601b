// Where a session waits: stages and work of the host, answers of the DNS, pauses, and the slowness for bad clients.
#include "session.hpp"
#include "verdict.hpp"

namespace ph_smtp {

using ph::Next;

namespace {

constexpr uint32_t kSlowMs = 1000;
// RFC 5321 4.5.3.2: a client waits minutes for a reply, but not for ever: after so many octets the rest leaves at once.
constexpr unsigned kMaxDrips = 25;

constexpr uint32_t bit(int32_t stage) {
  return 1u << stage;
}

bool isLoopback(std::string_view ip) {
  return ip.starts_with("127.") || ip == "::1" || ip.starts_with("::ffff:127.");
}

}  // namespace

Next Session::sleep(Asleep why, uint32_t ms) {
  asleep_ = why;
  deadline(ms);
  return Next::Sleep;
}

Next Session::timedOut() {
  rearm_ = true;
  switch (std::exchange(asleep_, Asleep::No)) {
    case Asleep::No:
      if (receiving_) logMessage("message refused", "timeout");
      return close(421, "4.4.2", "timeout, closing connection");
    case Asleep::Pause:
      return resume();
    case Asleep::Drip:
      return dripOn();
    case Asleep::Rest:
      rested_ = true;
      return Next::Read;
  }
  return Next::Close;
}

Next Session::wokenByShutdown() {
  rearm_ = true;
  sendRest();
  const Asleep was = std::exchange(asleep_, Asleep::No);
  if (was == Asleep::Drip) return std::exchange(afterDrip_, Next::Read);
  if (was == Asleep::Rest) return Next::Read;
  resume_ = nullptr;
  resetTransaction();
  return close(421, "4.3.2", "shutting down, try again later");
}

void Session::slowDown() {
  slow_ = settings_->slowDown && !stopping_;
}

void Session::send(const std::string& wire) {
  if (slow_) {
    slowOut_ += wire;
  } else {
    write(wire);
  }
}

void Session::sendRest() {
  if (!slowOut_.empty()) write(std::exchange(slowOut_, {}));
}

// One octet a second, the last ones together; then `next`.
Next Session::drip(Next next) {
  afterDrip_ = next;
  dripped_ = 0;
  return dripOn();
}

Next Session::dripOn() {
  if (++dripped_ > kMaxDrips || slowOut_.size() <= 1) {
    sendRest();
    return std::exchange(afterDrip_, Next::Read);
  }
  write(std::string_view(slowOut_).substr(0, 1));
  slowOut_.erase(0, 1);
  return sleep(Asleep::Drip, kSlowMs);
}

Next Session::resume() {
  const Resume then = std::exchange(resume_, nullptr);
  return then ? then(*this) : Next::Close;
}

Next Session::runStage(int32_t stage, Resume then) {
  stagesRun_ |= bit(stage);
  setVerdict(verdict_, PH_VERDICT_CONTINUE);
  resume_ = then;
  rearm_ = true;
  sendRest();
  deadline(0);
  // After a "not yet" another thread may own this session already: touch nothing.
  if (!txn_.run(stage, verdict_, &Session::completed, this)) return Next::Done;
  return resume();
}

Next Session::work(ph::Pool pool, std::function<void()> work, Resume then) {
  setVerdict(verdict_, PH_VERDICT_TEMPFAIL);
  resume_ = then;
  rearm_ = true;
  sendRest();
  deadline(0);
  if (offload(pool, std::move(work))) return Next::Done;
  setVerdict(verdict_, PH_VERDICT_TEMPFAIL, 451, "4.3.0", "the server is busy, try again later");
  return resume();
}

Next Session::pause(uint32_t ms, Resume then) {
  resume_ = then;
  sendRest();
  return sleep(Asleep::Pause, ms);
}

Next Session::lookUp(std::string_view name, ph::DnsType type, Resume then) {
  dnsAnswer_ = {};
  resume_ = then;
  rearm_ = true;
  sendRest();
  deadline(0);
  dns_.query(name, type, 0, [this](ph::DnsAnswer answer) {
    dnsAnswer_ = std::move(answer);
    completed(this);
  });
  return Next::Done;
}

bool Session::checksDomains() const {
  const bool stranger = service_ == Service::Receive || (service_ == Service::Submission && settings_->pedantic);
  return stranger && account_.empty() && settings_->checkDomains && dns_ && !isLoopback(ph::view(info().remote_ip));
}

Next Session::prepare(Resume then) {
  afterStages_ = then;
  setVerdict(verdict_, PH_VERDICT_CONTINUE);
  if (!txn_) {
    stagesRun_ = 0;
    discard_ = false;
    std::string protocol;
    txn_ = ph::Transaction::create(host(), txnInfo(protocol));
    if (!txn_) {
      setVerdict(verdict_, PH_VERDICT_TEMPFAIL);
      return afterStages_(*this);
    }
  }
  return nextStage();
}

Next Session::nextStage() {
  if (!refuses(verdict_)) {
    if (!(stagesRun_ & bit(PH_STAGE_CONNECT))) return runStage(PH_STAGE_CONNECT, &Session::stageEnded);
    if (greeted() && !(stagesRun_ & bit(PH_STAGE_HELO))) return runStage(PH_STAGE_HELO, &Session::stageEnded);
    if (!account_.empty() && !(stagesRun_ & bit(PH_STAGE_AUTH))) return runStage(PH_STAGE_AUTH, &Session::stageEnded);
  }
  return afterStages_(*this);
}

Next Session::stageEnded(Session& s) {
  s.noteDiscard();
  return s.nextStage();
}

void Session::greet(std::string name, bool extended) {
  // A transaction that has only seen the connection is still good.
  if (envelope_ || (stagesRun_ & ~bit(PH_STAGE_CONNECT))) resetTransaction();
  helo_ = std::move(name);
  extended_ = extended;
  settings_ = settingsBox_.get();
  updateInfo();
}

}  // namespace ph_smtp
