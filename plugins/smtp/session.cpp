#include "session.hpp"

#include <algorithm>

#include "commands/table.hpp"
#include "data/receive.hpp"
#include "ph/sasl/line.hpp"
#include "ph/smtp/command.hpp"
#include "ph/text/ascii.hpp"
#include "verdict.hpp"

namespace ph_smtp {

using ph::Next;

namespace {

constexpr size_t kMaxLine = 2048;          // with CRLF; RFC 5321 4.5.3.1.4 asks for 512, extensions add to it
constexpr size_t kMaxReplies = 64 * 1024;  // waiting for a client that does not read: no further command meanwhile

constexpr unsigned kPatience = 5;  // mistakes, or failed transactions, before a client is slowed down
constexpr unsigned kMaxFailed = 10;
constexpr uint32_t kSlowMs = 1000;

}  // namespace

Session::Session(const ph::Host& host, ph_session* raw, const ph_session_info* info, Service service,
                 const SettingsBox& settings)
    : ph::Session(host, raw, info),
      settingsBox_(settings),
      settings_(settings.get()),
      service_(service),
      hostname_(host.hostname()),
      dns_(host) {
  setVerdict(verdict_, PH_VERDICT_CONTINUE);
}

Next Session::run(uint32_t why) {
  if (why & PH_WHY_SHUTDOWN) {
    stopping_ = true;
    slow_ = false;
  }
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
  } else if (asleep_ != Asleep::No) {
    next = stopping_ ? wokenByShutdown() : Next::Sleep;
  }
  while (canGoOn(next)) {
    // The safe points of a shutdown: between commands, not inside a message that is being received or answered.
    if (stopping_ && !receiving_) {
      next = close(421, "4.3.2", "shutting down, try again later");
    } else if (pending() > kMaxReplies) {
      next = Next::Write;
    } else if (input().empty()) {
      break;
    } else if (slow_ && !rested_) {
      next = sleep(Asleep::Rest, kSlowMs);
    } else if (receiving_) {
      rearm_ = true;
      rested_ = false;
      next = receive(*this);
    } else if (const auto taken = takeLine()) {
      rearm_ = true;
      rested_ = false;
      next = *taken;
    } else {
      break;
    }
  }
  if ((why & PH_WHY_EOF) && receiving_ && next == Next::Read) logMessage("message refused", "connection lost");
  if (asleep_ == Asleep::No && !slowOut_.empty()) next = drip(next);
  setDeadline(next);
  return next;
}

bool Session::canGoOn(Next next) const {
  return next == Next::Read && slowOut_.empty();
}

void Session::setDeadline(Next next) {
  if (asleep_ != Asleep::No || (next != Next::Read && next != Next::Write)) return;
  if (!rearm_) return;
  if (!envelope_ || !envelope_->incoming) return deadline(settings_->commandTimeoutMs);
  // A message has its own limit, however steadily it drips in.
  const uint64_t spent = host().monotonicMs() - envelope_->incoming->limits().startedMs;
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
  // What a client can quote to the admin when something was refused.
  const auto cid = code >= 400 ? ph::view(info().public_id) : std::string_view();
  if (cid.empty()) return reply(ph::smtp::Reply(code, enhanced, text));
  return reply(ph::smtp::Reply(code, enhanced, std::string(text) + " (" + std::string(cid) + ")"));
}

Next Session::reply(const ph::smtp::Reply& reply) {
  send(reply.toWire());
  return Next::Read;
}

Next Session::mistake(int code, std::string_view enhanced, std::string_view text) {
  reply(code, enhanced, text);
  if (++errors_ > kPatience) slowDown();
  if (errors_ <= settings_->maxErrors) return Next::Read;
  host().info("too many bad commands", {{"remote", ph::view(info().remote_ip)}}, id());
  return close(421, "4.7.0", "too many bad commands, closing connection");
}

Next Session::close(int code, std::string_view enhanced, std::string_view text) {
  reply(code, enhanced, text);
  return Next::Close;
}

ph_txn_info Session::txnInfo(std::string& protocol) const {
  const auto t = tls();
  // RFC 3848, RFC 6531 4.3: "with" says what was used. HELO has no variants.
  if (!extended_) {
    protocol = "SMTP";
  } else {
    const bool utf8 = envelope_ && envelope_->has(PH_MAIL_SMTPUTF8);
    protocol = service_ == Service::Lmtp ? (utf8 ? "UTF8LMTP" : "LMTP") : utf8 ? "UTF8SMTP" : "ESMTP";
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
  out.public_id = info().public_id;
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

void Session::beginTransaction(std::unique_ptr<Envelope> envelope) {
  envelope_ = std::move(envelope);
  settings_ = settingsBox_.get();
  updateInfo();
  if (++failed_ > kPatience && succeeded_ == 0) slowDown();  // failed until the message is accepted
}

void Session::noteSuccess() {
  if (failed_ > 0) --failed_;
  ++succeeded_;
}

bool Session::onlyFails() const {
  return succeeded_ == 0 && failed_ > kMaxFailed;
}

void Session::resetTransaction() {
  endData();
  envelope_.reset();
  txn_ = ph::Transaction();
  stagesRun_ = 0;
  discard_ = false;
}

void Session::logMessage(std::string_view what, std::string_view reason) {
  const std::string id = txn_ ? std::string(txn_.id()) : std::string();
  const std::string from = envelope_ ? ph::smtp::formatPath(envelope_->reversePath) : std::string();
  const std::string recipients = std::to_string(txn_ ? txn_.rcptCount() : 0);
  const Incoming* incoming = envelope_ ? envelope_->incoming.get() : nullptr;
  const std::string size = std::to_string(incoming ? incoming->size() : 0);
  const std::string messageId(ph::text::trim(incoming ? incoming->header().field("message-id").value : ""));
  host().info(what,
              {{"txn", id},
               {"from", from},
               {"recipients", recipients},
               {"size", size},
               {"remote", ph::view(info().remote_ip)},
               {"account", account_},
               {"message_id", messageId},
               {"reason", reason}},
              this->id());
}

}  // namespace ph_smtp
