#include "session.hpp"

#include <algorithm>

#include "commands/table.hpp"
#include "data/receive.hpp"
#include "ph/sasl/line.hpp"
#include "ph/smtp/command.hpp"
#include "verdict.hpp"

namespace ph_smtp {

using ph::Next;

namespace {

constexpr size_t kMaxLine = 2048;          // with CRLF; RFC 5321 4.5.3.1.4 asks for 512, extensions add to it
constexpr size_t kMaxReplies = 64 * 1024;  // waiting for a client that does not read: no further command meanwhile

constexpr uint32_t bit(int32_t stage) {
  return 1u << stage;
}

}  // namespace

Session::Session(const ph::Host& host, ph_session* raw, const ph_session_info* info, Service service,
                 const SettingsBox& settings)
    : ph::Session(host, raw, info),
      settingsBox_(settings),
      settings_(settings.get()),
      service_(service),
      hostname_(host.hostname()) {
  setVerdict(verdict_, PH_VERDICT_CONTINUE);
}

Next Session::run(uint32_t why) {
  if (why & PH_WHY_SHUTDOWN) stopping_ = true;
  rearm_ = false;
  Next next = Next::Read;
  if (why & PH_WHY_DONE) {
    rearm_ = true;
    next = resume();
  } else if (why & PH_WHY_OPEN) {
    rearm_ = true;
    if (!(why & PH_WHY_TLS)) next = open();
  } else if (why & PH_WHY_TIMEOUT) {
    next = timedOut();
  }
  while (canGoOn(next)) {
    // The safe points of a shutdown: between commands, not inside a message that is being received or answered.
    if (stopping_ && !receiving_) {
      next = close(421, "4.3.2", "shutting down, try again later");
    } else if (pending() > kMaxReplies) {
      next = Next::Write;
    } else if (input().empty()) {
      break;
    } else if (receiving_) {
      rearm_ = true;
      next = receive(*this);
    } else if (const auto taken = takeLine()) {
      rearm_ = true;
      next = *taken;
    } else {
      break;
    }
  }
  if ((why & PH_WHY_EOF) && receiving_ && next == Next::Read) logMessage("message refused", "connection lost");
  setDeadline(next);
  return next;
}

bool Session::canGoOn(Next next) const {
  return next == Next::Read && !paused_;
}

void Session::setDeadline(Next next) {
  if (paused_ || next == Next::Done || (next != Next::Read && next != Next::Write)) return;
  if (!rearm_) return;
  if (!receiving_) return deadline(settings_->commandTimeoutMs);
  // A message has its own limit, however steadily it drips in.
  const uint64_t spent = host().monotonicMs() - envelope_->incoming->startedMs;
  const uint64_t left = spent < settings_->dataTimeoutMs ? settings_->dataTimeoutMs - spent : 1;
  deadline(static_cast<uint32_t>(std::min<uint64_t>(left, settings_->commandTimeoutMs)));
}

Next Session::open() {
  return prepare(&Session::opened);
}

Next Session::opened(Session& s) {
  if (refuses(s.verdict_)) {
    const auto r = refusalOf(s.verdict_);
    s.host().info("connection refused", {{"remote", ph::view(s.info().remote_ip)}, {"reason", r.text}}, s.id());
    // RFC 5321 3.1: 554 instead of the greeting. A client may not send commands then, so nothing is lost by closing.
    return s.close(r.code / 100 == 5 ? 554 : 421, r.enhanced, r.text);
  }
  return s.reply(220, "", s.hostname_ + " ESMTP Posthouse");
}

Next Session::timedOut() {
  if (!paused_) {
    if (receiving_) logMessage("message refused", "timeout");
    return close(421, "4.4.2", "timeout, closing connection");
  }
  paused_ = false;
  rearm_ = true;
  return resume();
}

Next Session::resume() {
  const Resume then = std::exchange(resume_, nullptr);
  return then ? then(*this) : Next::Close;
}

std::optional<Next> Session::takeLine() {
  const bool loggingIn = login_ && login_->awaitsLine;
  const size_t limit = loggingIn ? ph::sasl::kMaxLine : kMaxLine;
  const std::string_view waiting = input();
  const size_t lf = waiting.substr(0, limit).find('\n');
  if (lf == std::string_view::npos) {
    if (waiting.size() < limit) return std::nullopt;
    return badLine("line too long", true);
  }
  // RFC 5321 2.3.8: nothing but CRLF ends a line.
  if (lf == 0 || waiting[lf - 1] != '\r') {
    consume(lf + 1);
    if (loggingIn) {
      endLogin();
      return mistake(501, "5.5.2", "line must end with CRLF");
    }
    return badLine("line must end with CRLF", false);
  }
  const std::string line(waiting.substr(0, lf - 1));
  consume(lf + 1);
  if (loggingIn) return authLine(*this, line);
  const auto command = ph::smtp::splitCommand(line);
  if (!command) return badLine(command.error().text, false);
  const CommandHandler handler = findCommand(command->verb);
  if (!handler) return badLine("unknown command", false);
  spoken_ = true;
  return handler(*this, command->arguments);
}

// A client whose very first line is no SMTP is most likely a browser made to post here: it gets nothing to play with.
Next Session::badLine(std::string_view reason, bool fatal) {
  const bool unknown = reason == "unknown command";
  if (fatal || !spoken_) return close(500, "5.5.2", unknown ? "this is an SMTP server" : reason);
  return mistake(500, unknown ? "5.5.1" : "5.5.2", reason);
}

Next Session::reply(int code, std::string_view enhanced, std::string_view text) {
  return reply(ph::smtp::Reply(code, enhanced, text));
}

Next Session::reply(const ph::smtp::Reply& reply) {
  write(reply.toWire());
  return Next::Read;
}

Next Session::mistake(int code, std::string_view enhanced, std::string_view text) {
  reply(code, enhanced, text);
  if (++errors_ <= settings_->maxErrors) return Next::Read;
  host().info("too many bad commands", {{"remote", ph::view(info().remote_ip)}}, id());
  return close(421, "4.7.0", "too many bad commands, closing connection");
}

Next Session::close(int code, std::string_view enhanced, std::string_view text) {
  reply(code, enhanced, text);
  return Next::Close;
}

Next Session::runStage(int32_t stage, Resume then) {
  stagesRun_ |= bit(stage);
  setVerdict(verdict_, PH_VERDICT_CONTINUE);
  resume_ = then;
  rearm_ = true;
  deadline(0);
  // After a "not yet" another thread may own this session already: touch nothing.
  if (!txn_.run(stage, verdict_, &Session::completed, this)) return Next::Done;
  return resume();
}

Next Session::work(ph::Pool pool, std::function<void()> work, Resume then) {
  setVerdict(verdict_, PH_VERDICT_TEMPFAIL);
  resume_ = then;
  rearm_ = true;
  deadline(0);
  if (offload(pool, std::move(work))) return Next::Done;
  setVerdict(verdict_, PH_VERDICT_TEMPFAIL, 451, "4.3.0", "the server is busy, try again later");
  return resume();
}

Next Session::pause(uint32_t ms, Resume then) {
  paused_ = true;
  resume_ = then;
  deadline(ms);
  return Next::Read;
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

ph_txn_info Session::txnInfo(std::string& protocol) const {
  const auto t = tls();
  // RFC 3848, RFC 6531 4.3: "with" says what was used. HELO has no variants.
  if (!extended_) {
    protocol = "SMTP";
  } else {
    protocol = envelope_ && envelope_->smtpUtf8 ? "UTF8SMTP" : "ESMTP";
    if (t.active) protocol += 'S';
    if (!account_.empty()) protocol += 'A';
  }
  auto out = ph::sized<ph_txn_info>();
  out.submission = service_ == Service::Submission;
  out.session_id = id();
  out.listener = info().listener;
  out.protocol = ph::str(protocol);
  out.remote_ip = info().remote_ip;
  out.local_ip = info().local_ip;
  out.helo = ph::str(helo_);
  out.account = ph::str(account_);
  if (t.active) {
    if (t.version) out.tls_version = ph::str(t.version);
    if (t.cipher) out.tls_cipher = ph::str(t.cipher);
  }
  return out;
}

void Session::updateInfo() {
  if (!txn_) return;
  std::string protocol;
  const auto next = txnInfo(protocol);
  txn_.api().set_info(txn_.raw(), &next);
}

void Session::greet(std::string name, bool extended) {
  // A transaction that has only seen the connection is still good.
  if (envelope_ || (stagesRun_ & ~bit(PH_STAGE_CONNECT))) resetTransaction();
  helo_ = std::move(name);
  extended_ = extended;
  settings_ = settingsBox_.get();
  updateInfo();
}

void Session::beginTransaction(std::unique_ptr<Envelope> envelope) {
  envelope_ = std::move(envelope);
  settings_ = settingsBox_.get();
  updateInfo();
}

void Session::resetTransaction() {
  receiving_ = false;
  envelope_.reset();
  txn_ = ph::Transaction();
  stagesRun_ = 0;
  discard_ = false;
}

void Session::logMessage(std::string_view what, std::string_view reason) {
  const std::string id = txn_ ? std::string(txn_.id()) : std::string();
  const std::string from = envelope_ ? ph::smtp::formatPath(envelope_->reversePath) : std::string();
  const std::string recipients = std::to_string(txn_ ? txn_.rcptCount() : 0);
  const std::string size = std::to_string(envelope_ && envelope_->incoming ? envelope_->incoming->reader.size() : 0);
  host().info(what,
              {{"txn", id},
               {"from", from},
               {"recipients", recipients},
               {"size", size},
               {"remote", ph::view(info().remote_ip)},
               {"account", account_},
               {"reason", reason}},
              this->id());
}

}  // namespace ph_smtp
