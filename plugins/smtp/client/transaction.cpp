// The envelope of a message: MAIL, RCPT, RCPT, ..., pipelined where the server takes that; and what becomes of all.
// RFC 5321 3.3, 4.1.1.2, 4.1.1.3, 4.5.3.1.10, RFC 2920 3.1, RFC 9422 4.
#include <algorithm>

#include "client/dialogue.hpp"
#include "client/timeouts.hpp"

namespace ph_smtp::client {

namespace {

constexpr size_t kWindow = 100;  // commands that may wait for their replies: bounds the output

bool clean(std::string_view path) {
  return std::none_of(path.begin(), path.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
}

}  // namespace

// Whether this connection is as good as the message asks for.
bool Dialogue::suits(const Mail& mail) const {
  if (mail.requireTls()) return verified_ && offers_.requireTls;
  return mail.tlsOptional() || !tls_.relaxed;
}

// LIMITS MAILMAX; what is left waits for the next attempt.
bool Dialogue::mayBegin() const {
  return offers_.maxMails == 0 || transactions_ < offers_.maxMails;
}

ph::Next Dialogue::beginMail() {
  const Mail& mail = sending_->mail();
  const bool first = mails_ == 0;
  if (!suits(mail)) {
    if (!first) return leave({});  // it gets a connection of its own
    return fail({Ending::Kind::Failed,
                 here(localRefusal("5.7.30", "the message requires TLS at every hop: " + sending_->server().name +
                                                 " does not support REQUIRETLS")),
                 true, false});
  }
  if (!mayBegin()) return leave({});
  ++mails_;
  inMail_ = true;
  mailEnds_ = host().monotonicMs() + kMailMs + mail.size / kSlowestBytesPerMs;
  active_.clear();
  later_.clear();
  for (size_t i = 0; i < mail.recipients.size(); ++i) active_.push_back(i);
  if (const auto why = unfit()) {
    mailRefused_ = true;
    failActive(here(*why));
    return transactionOver();
  }
  return beginTransaction();
}

// Why the message can't be given to this server at all.
std::optional<Outcome> Dialogue::unfit() const {
  const Mail& mail = sending_->mail();
  const bool paths = clean(mail.reversePath) && std::all_of(mail.recipients.begin(), mail.recipients.end(),
                                                            [](const auto& r) { return clean(r.forwardPath); });
  if (!paths) return localRefusal("5.1.3", "an address has characters that no server takes");
  if (mail.binary() && !(offers_.binaryMime && offers_.chunking)) {
    return localRefusal("5.6.3", "the message is binary, which the server does not take");  // RFC 3030 3
  }
  if (mail.needsUtf8() && !offers_.smtpUtf8) {
    return localRefusal("5.6.7", "the message needs SMTPUTF8, which the server does not offer");  // RFC 6531 3.5
  }
  if (offers_.maxSize > 0 && mail.size > offers_.maxSize) {  // RFC 1870 6.1
    return localRefusal("5.3.4", "the message has " + std::to_string(mail.size) + " octets, the server takes " +
                                     std::to_string(offers_.maxSize));
  }
  if (mail.deliverBy != 0 && mail.byMode == 'R') {  // RFC 2852 4.1.3, 4.1.4.1
    if (secondsLeft() <= 0) return localRefusal("5.4.7", "the time to deliver the message is over");
    if (!offers_.deliverBy) return localRefusal("5.3.3", "the server does not promise delivery in time");
    if (secondsLeft() < static_cast<int64_t>(offers_.minDeliverBy)) {
      return localRefusal("5.4.7", "the server needs more time than is left to deliver the message");
    }
  }
  return std::nullopt;
}

ph::Next Dialogue::beginTransaction() {
  ++transactions_;
  nextRcpt_ = 0;
  accepted_.clear();
  mailSaid_ = mailTaken_ = mailRefused_ = dataSaid_ = false;
  if (offers_.maxRecipients > 0 && active_.size() > offers_.maxRecipients) {
    later_.assign(active_.begin() + static_cast<long>(offers_.maxRecipients), active_.end());
    active_.resize(offers_.maxRecipients);
  }
  if (std::exchange(needsReset_, false)) return say("RSET", {&Dialogue::onReset, kCommandMs, "RSET"});
  return sendMore();
}

ph::Next Dialogue::onReset(const Reply& reply, size_t) {
  if (!reply.positive()) return lost("the server refuses RSET: " + reply.text());
  return sendMore();
}

// Says as much of the envelope as may be said now.
ph::Next Dialogue::sendMore() {
  while (!mailRefused_ && awaited_.size() < (offers_.pipelining ? kWindow : 1)) {
    Next next = Next::Read;
    if (!mailSaid_) {
      mailSaid_ = true;
      next = say(mailCommand(), {&Dialogue::onMail, kCommandMs, "MAIL"});
    } else if (nextRcpt_ < active_.size()) {
      const size_t i = active_[nextRcpt_++];
      next = say(rcptCommand(sending_->mail().recipients[i]), {&Dialogue::onRcpt, kCommandMs, "RCPT", i});
    } else if (!dataSaid_ && !awaited_.empty() && !chunked() && !sending_->lmtp()) {
      // RFC 2920 3.1: DATA may be the last of a group. Not for LMTP, where each recipient answers it.
      next = sayData();
    } else {
      break;
    }
    if (next != Next::Read) return next;
  }
  return Next::Read;
}

ph::Next Dialogue::onMail(const Reply& reply, size_t) {
  if (reply.intermediate()) return lost("not an answer to MAIL: " + reply.text());
  mailTaken_ = needsReset_ = reply.positive();
  if (!mailTaken_) {
    mailRefused_ = true;
    for (const size_t i : active_) sending_->mail().recipients[i].result = outcome(reply);
    for (const size_t i : std::exchange(later_, {})) sending_->mail().recipients[i].result = outcome(reply);
  }
  return envelopeAnswered();
}

ph::Next Dialogue::onRcpt(const Reply& reply, size_t recipient) {
  if (mailRefused_) return envelopeAnswered();
  if (reply.intermediate()) return lost("not an answer to RCPT: " + reply.text());
  if (reply.positive()) {
    accepted_.push_back(recipient);
  } else if ((reply.code == 452 || reply.code == 552) && !accepted_.empty()) {
    later_.push_back(recipient);  // RFC 5321 4.5.3.1.10: too many for one transaction
  } else {
    sending_->mail().recipients[recipient].result = outcome(reply);
  }
  return envelopeAnswered();
}

ph::Next Dialogue::envelopeAnswered() {
  if (!awaited_.empty() || (!mailRefused_ && nextRcpt_ < active_.size())) return sendMore();
  if (mailRefused_ || accepted_.empty()) return transactionOver();
  return sayData();
}

void Dialogue::failActive(const Outcome& why) {
  auto& recipients = sending_->mail().recipients;
  for (const auto* list : {&active_, &later_}) {
    for (const size_t i : *list) {
      if (!recipients[i].result) recipients[i].result = why;
    }
  }
  active_.clear();
  later_.clear();
  accepted_.clear();
  inMail_ = false;
}

ph::Next Dialogue::transactionOver() {
  const bool all = later_.empty();
  if (!all && mayBegin()) {
    active_ = std::exchange(later_, {});
    return beginTransaction();
  }
  inMail_ = false;
  mailEnds_ = 0;
  if (!sending_->settle()) {
    const auto& result = sending_->mail().recipients.front().result;
    return leave({Ending::Kind::Failed, result ? *result : Outcome{}, true, false});
  }
  return all ? fetch() : leave({});
}

ph::Next Dialogue::fetch() {
  mailTaken_ = mailRefused_ = false;
  return work(
      ph::Pool::Disk, [this] { fetched_ = sending_->fetch(); }, &Dialogue::fetched);
}

ph::Next Dialogue::fetched() {
  return fetched_ ? beginMail() : leave({});
}

}  // namespace ph_smtp::client
