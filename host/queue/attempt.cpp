#include "queue/attempt.hpp"

#include <algorithm>

#include "log/log.hpp"
#include "ph/text.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
constexpr int64_t kNotTried = 60;  // seconds until what a transport left untouched is offered again
constexpr size_t kMaxText = 2048;
constexpr size_t kMaxName = 256;
constexpr size_t kMaxNote = 500;
constexpr size_t kMaxHint = 1024;

Outcome cut(Outcome o) {
  o.text.resize(std::min(o.text.size(), kMaxText));
  o.enhanced.resize(std::min<size_t>(o.enhanced.size(), 12));
  for (auto* s : {&o.host, &o.ip, &o.tls}) s->resize(std::min(s->size(), kMaxName));
  return o;
}

}  // namespace

Attempt::Attempt(Depot& depot, std::shared_ptr<Carrier> carrier, Lane lane, std::shared_ptr<const Settings> settings,
                 Transport transport, std::string hint, int earlier)
    : depot_(depot),
      carrier_(std::move(carrier)),
      lane_(std::move(lane)),
      settings_(std::move(settings)),
      transport_(std::move(transport)),
      hint_(std::move(hint)),
      earlier_(earlier) {}

void Attempt::destination(ph_destination* out) const {
  const auto& t = transport_;
  ph_destination d = ph::sized<ph_destination>();
  d.route = t.kind == Transport::Kind::Host ? PH_ROUTE_HOST : PH_ROUTE_DIRECT;
  d.domain = ph::str(lane_.destination);
  d.host = ph::str(t.host);
  d.port = t.port;
  d.lmtp = t.lmtp ? 1 : 0;
  d.tls = t.tls;
  d.families = t.families;
  d.helo = ph::str(t.helo.empty() ? settings_->hostname : t.helo);
  d.username = ph::str(t.username);
  d.password = ph::str(t.password);
  d.mechanisms = ph::str(t.mechanisms);
  d.proxy = ph::str(t.proxy);
  d.proxy_port = t.proxyPort;
  d.source_ipv4 = ph::str(t.sourceIpv4);
  d.source_ipv6 = ph::str(t.sourceIpv6);
  d.earlier = static_cast<uint32_t>(earlier_);
  d.hint = ph::str(hint_);
  *out = d;
}

ph_status Attempt::next(ph_delivery* out) {
  std::lock_guard lock(calls_);
  ++steps_;
  if (over_) return PH_E_INVALID;
  closeParcel(nullptr);
  if (cancelled_) return PH_E_CANCELLED;
  parcel_ = depot_.pick(lane_);
  if (!parcel_) return cancelled_ ? PH_E_CANCELLED : PH_E_NOT_FOUND;
  answered_.assign(parcel_->rcpts.size(), false);
  round_ = std::make_shared<Round>();
  round_->message = parcel_->message.id;
  began_ = true;
  if (probing_.exchange(false)) depot_.answered(*this);
  const auto& e = parcel_->message.envelope;
  ph_delivery d = ph::sized<ph_delivery>();
  d.flags = e.flags;
  d.id = ph::str(e.id);
  const auto& own = parcel_->rcpts.front().rcpt.returnTo;
  d.reverse_path = ph::str(own.empty() ? e.reversePath : own);
  d.message = parcel_->content->handle();
  d.rcpt_count = parcel_->rcpts.size();
  d.ret = e.ret;
  d.priority = e.priority;
  d.envid = ph::str(e.envid);
  d.deliver_by = e.deliverBy;
  d.by_mode = e.byMode;
  *out = d;
  return PH_OK;
}

ph_status Attempt::rcpt(size_t index, ph_delivery_rcpt* out) const {
  std::lock_guard lock(calls_);
  if (!parcel_ || index >= parcel_->rcpts.size()) return PH_E_NOT_FOUND;
  const auto& r = parcel_->rcpts[index].rcpt;
  ph_delivery_rcpt d = ph::sized<ph_delivery_rcpt>();
  d.notify = r.notify;
  d.forward_path = ph::str(r.forwardPath);
  d.orcpt = ph::str(r.orcpt);
  *out = d;
  return PH_OK;
}

ph_status Attempt::result(size_t index, const Outcome& outcome) {
  std::lock_guard lock(calls_);
  ++steps_;
  return answer(index, outcome);
}

ph_status Attempt::answer(size_t index, const Outcome& outcome) {
  if (over_ || !parcel_ || index >= parcel_->rcpts.size()) return PH_E_NOT_FOUND;
  if (outcome.outcome < PH_DELIVERED || outcome.outcome > PH_DELIVERY_PERMANENT) return PH_E_INVALID;
  if (answered_[index]) return PH_E_CONFLICT;
  answered_[index] = true;
  ++pending_;
  ++round_->left;
  depot_.record(parcel_->message, parcel_->rcpts[index], cut(outcome),
                [self = shared_from_this(), round = round_](bool owed) {
                  if (owed) round->owed = true;
                  self->roundLess(round);
                  self->pendingLess();
                });
  return PH_OK;
}

void Attempt::note(std::string_view text) const {
  std::lock_guard lock(calls_);
  const std::string line(text.substr(0, kMaxNote));
  if (!parcel_) return kLog.debug("attempt", {{"destination", lane_.destination}, {"note", line}});
  const auto& e = parcel_->message.envelope;
  kLog.info("attempt", {{"cid", std::to_string(e.connection)}, {"txn", e.id}, {"note", line}});
}

// Recipients without a result: they failed with `overall`, or wait as if not tried.
void Attempt::closeParcel(const Outcome* overall) {
  if (!parcel_) return;
  std::vector<RcptRow> left;
  bool any = false;
  for (size_t i = 0; i < answered_.size(); ++i) {
    if (answered_[i]) {
      any = true;
    } else if (overall && !(cancelled_ && !expired_ && overall->outcome == PH_DELIVERY_TEMPORARY)) {
      (void)answer(i, *overall);  // that we stop is no failure of theirs
    } else {
      left.push_back(parcel_->rcpts[i]);
    }
  }
  if (!left.empty()) {
    ++pending_;
    depot_.giveBack(left, any || cancelled_ ? 0 : kNotTried, [self = shared_from_this()] { self->pendingLess(); });
  }
  roundLess(round_);
  round_.reset();
  parcel_.reset();
}

void Attempt::end(const Outcome* overall, std::string_view hint) {
  const auto self = shared_from_this();
  std::lock_guard lock(calls_);
  if (over_) {
    returned_ = true;
  } else {
    finish(overall, hint);
  }
}

void Attempt::finish(const Outcome* overall, std::string_view hint) {
  const Outcome late{PH_DELIVERY_TEMPORARY, 0, PH_ATTEMPT_LOCAL, "4.4.2", "the attempt took too long", {}, {}, {}};
  if (expired_ && !overall) overall = &late;
  const Outcome nothing{PH_DELIVERY_TEMPORARY, 0, PH_ATTEMPT_LOCAL, "4.3.0", "the transport gave up", {}, {}, {}};
  closeParcel(overall);
  if (!began_ && (!cancelled_ || expired_)) {
    // Without a reason it would be tried again at once, and so on.
    ++pending_;
    depot_.recordLane(lane_, cut(overall ? *overall : nothing), [self = shared_from_this()] { self->pendingLess(); });
  }
  over_ = true;
  if (hint != hint_) {
    ++pending_;
    depot_.keepHint(lane_.destination, std::string(hint.substr(0, kMaxHint)),
                    [self = shared_from_this()] { self->pendingLess(); });
  }
  pendingLess();
}

void Attempt::cancel() {
  if (over_ || cancelled_.exchange(true)) return;
  const auto self = shared_from_this();
  carrier_->cancel(*this);
}

void Attempt::expire() {
  if (over_ || expired_.exchange(true)) return;
  cancel();
}

bool Attempt::giveUp() {
  const auto self = shared_from_this();
  std::unique_lock lock(calls_, std::try_to_lock);
  if (!lock) return false;
  if (over_) return true;
  lost_ = parcel_;
  finish(nullptr, hint_);
  return true;
}

void Attempt::abandon() {
  cancelled_ = true;
  end(nullptr, hint_);
}

void Attempt::roundLess(const std::shared_ptr<Round>& round) {
  if (--round->left == 0 && round->owed) depot_.notify(round->message);
}

void Attempt::pendingLess() {
  if (--pending_ == 0) depot_.finished(*this);
}

}  // namespace posthouse::queue
