#include "http/session.hpp"

#include <algorithm>

#include "http/parser/forwarded.hpp"
#include "log/log.hpp"
#include "net/listener.hpp"

namespace posthouse::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const log::Log kLog("http");
constexpr auto kIdleTime = seconds(60);
constexpr auto kHeadTime = seconds(15);
constexpr auto kBodyTime = seconds(30);    // and a second more for each of these:
constexpr uint64_t kBodyRate = 8 * 1024;   // bytes
constexpr auto kOutputTime = seconds(60);  // for what is buffered, at most net::Session::kMaxOutput

constexpr auto kBeat = seconds(25);    // what lies between forgets silent connections after 30 or 60 s
constexpr uint16_t kGoingAway = 1001;  // RFC 6455 7.4.1

Exchange::Clock::time_point bodyDeadline(Exchange::Clock::time_point begun, uint64_t received) {
  return begun + kBodyTime + seconds(received / kBodyRate);
}

}  // namespace

Session::~Session() {
  if (!active_) return;
  active_->exchange->cancel();
  logAccess(nullptr, 499);
}

Session::Active::~Active() {
  if (!exchange) return;
  exchange->cancel();
  if (const auto s = exchange->stream()) s->gone();
}

void Session::until(Clock::time_point at) {
  const auto left = std::chrono::duration_cast<milliseconds>(at - Clock::now()).count();
  net_.sessionDeadline(static_cast<uint32_t>(std::clamp<int64_t>(left + 1, 1, 3600'000)));
}

ph_next Session::run(uint32_t why) {
  if (why & PH_WHY_SHUTDOWN) closing_ = true;
  if (active_ && active_->blocked && net_.pending() == 0) active_->blocked.reset();
  if (why & PH_WHY_TIMEOUT) {
    if (const ph_next next = timedOut(); next == PH_NEXT_CLOSE) return next;
  }
  for (;;) {
    const auto next = active_ ? progress() : readHead();
    if (next) return *next;
  }
}

// Nothing: go on with what became possible.
std::optional<ph_next> Session::readHead() {
  const std::string_view input = net_.input();
  if (input.empty()) {
    if (closing_) return PH_NEXT_CLOSE;
    since_.reset();
    scanned_ = 0;
    until(Clock::now() + kIdleTime);
    return PH_NEXT_READ;
  }
  // A client that takes no answers gets no more of them.
  if (net_.pending() >= net::Session::kMaxOutput / 2) return PH_NEXT_WRITE;
  if (!since_) since_ = Clock::now();
  RequestHead head;
  const HeadResult r = parseHead(input, &scanned_, &head);
  if (r.state == HeadResult::State::Refused) return refuse(r.status, r.why, nullptr);
  if (r.state == HeadResult::State::More) {
    if (closing_) return PH_NEXT_CLOSE;
    until(*since_ + kHeadTime);
    return PH_NEXT_READ;
  }
  net_.consume(r.size);
  scanned_ = 0;
  since_.reset();
  return begin(std::move(head));
}

Request Session::requestOf(RequestHead head) const {
  Request r;
  r.head = std::move(head);
  r.session = info_.id;
  r.publicId = ph::view(info_.public_id);
  r.listener = ph::view(info_.listener);
  r.remoteIp = ph::view(info_.remote_ip);
  r.secure = net_.tls() != nullptr;
  const net::ListenerOptions* options = net_.listenerOptions();
  if (!options || options->forwarded == "none" || !net::contains(options->trustedProxies, r.remoteIp)) return r;
  const auto by = options->forwarded == "forwarded" ? ForwardedBy::Forwarded : ForwardedBy::XForwardedFor;
  Origin origin =
      originOf(r.head.fields, by, [&](const std::string& ip) { return net::contains(options->trustedProxies, ip); });
  if (origin.ip.empty()) return r;
  r.remoteIp = std::move(origin.ip);
  r.secure = origin.secure.value_or(r.secure);
  return r;
}

std::optional<ph_next> Session::begin(RequestHead head) {
  if (head.target.form == Target::Form::Authority) return refuse(501, "no tunnels here", &head);
  Request request = requestOf(std::move(head));
  const RequestHead& h = request.head;
  if (h.target.form == Target::Form::Asterisk) {  // RFC 9110 9.3.7: about the server as a whole
    if (h.hasBody()) return refuse(400, "a body for nobody", &h);
    Response r{204, {}};
    r.fields.add("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    net_.write(responseHead(r, Framing::None, 0, h.keepAlive && !closing_, h.minor));
    logAccess(&h, 204);
    return h.keepAlive && !closing_ ? std::nullopt : std::optional<ph_next>(PH_NEXT_CLOSE);
  }
  const auto match = server_.find(request);
  const auto answer = [&](int status, std::string_view why, const Fields& more = {}) -> std::optional<ph_next> {
    // What follows a body that nobody reads can't be found.
    if (h.hasBody() || !h.keepAlive || closing_) return refuse(status, why, &h, more);
    net_.write(errorResponse(status, why, &h, true, more));
    logAccess(&h, status);
    return std::nullopt;
  };
  if (!match.route) {
    if (match.allow.empty()) return answer(404, {});
    Fields allow;
    allow.add("allow", match.allow);
    return answer(405, {}, allow);
  }
  if (match.route->audience != Audience::Public) {
    auto verdict = server_.judge(request, match.route->audience);
    if (verdict.status != 0) {
      Fields more;
      more.add("cache-control", "no-store");
      if (!verdict.location.empty()) more.add("location", verdict.location);
      return answer(verdict.status, verdict.why, more);
    }
    request.visitor = std::move(verdict.visitor);
  }
  if (!h.chunked && h.length > match.route->maxBody) return refuse(413, {}, &h);

  active_ = std::make_unique<Active>();
  active_->route = match.route;
  active_->begun = Clock::now();
  active_->bodyDone = !h.hasBody();
  const bool expects = h.expects;
  active_->exchange = server_.exchange(std::move(request));
  if (closing_) active_->exchange->closeAfter();
  if (match.route->audience == Audience::Public) active_->exchange->mayCompress();
  if (active_->bodyDone) active_->exchange->endBody();
  // RFC 9110 10.1.1. Who has begun to send is not waiting for it.
  if (expects && net_.input().empty()) net_.write("HTTP/1.1 100 Continue\r\n\r\n");
  return std::nullopt;
}

bool Session::readCoded(std::string_view input, size_t room) {
  Active& a = *active_;
  std::string data;
  size_t used = 0;
  const auto state = a.chunks.read(input, room, &data, &used);
  net_.consume(used);
  a.received += data.size();
  if (!data.empty()) a.exchange->addBody(data);
  a.bodyDone = state == ChunkedReader::State::Done;
  return state != ChunkedReader::State::Refused;
}

// False: the request is given up.
bool Session::readBody() {
  Active& a = *active_;
  const RequestHead& h = a.exchange->request().head;
  const size_t room = a.exchange->room();
  const std::string_view input = net_.input();
  if (a.bodyDone || room == 0 || input.empty()) return true;
  if (h.chunked) {
    if (!readCoded(input, room)) {
      giveUp(400, "the body is not what its coding says");
      return false;
    }
  } else {
    const auto n = static_cast<size_t>(std::min<uint64_t>({input.size(), room, h.length - a.received}));
    a.exchange->addBody(input.substr(0, n));
    net_.consume(n);
    a.received += n;
    a.bodyDone = a.received == h.length;
  }
  if (a.received > a.route->maxBody) {
    giveUp(413, {});
    return false;
  }
  if (a.bodyDone) a.exchange->endBody();
  return true;
}

std::optional<ph_next> Session::progress() {
  if (!readBody()) return PH_NEXT_CLOSE;
  Active& a = *active_;
  // A handler is called when it need not wait, if that can be.
  if (!a.call && !a.quick && (a.bodyDone || a.exchange->room() == 0)) {
    a.called = Clock::now();
    if (a.route->quick && a.bodyDone && !a.route->handler->demoted()) {
      a.quick = true;
      a.exchange->setQuick();
      if (!server_.quick().run(a.route, *a.exchange)) return giveUp(503, "busy");
    }
  }
  if (!a.call && !a.quick && (a.bodyDone || a.exchange->room() == 0)) {
    a.call = server_.call(a.route, a.exchange);
    if (!a.call) return giveUp(503, "busy");
  }
  const auto stream = a.exchange->stream();
  if (stream) serveStream(*stream);
  const size_t pending = net_.pending();
  std::string data;
  const Exchange::Output o =
      a.exchange->take(pending < net::Session::kMaxOutput ? net::Session::kMaxOutput - pending : 0, &data);
  if (!data.empty()) net_.write(data);
  a.sent += data.size();
  switch (o.state) {
    case Exchange::State::Ended:
      return completed(!o.close);
    case Exchange::State::Aborted:
      logAccess(nullptr, a.exchange->status());
      active_.reset();
      return PH_NEXT_CLOSE;
    case Exchange::State::Cancelled:
      return giveUp(503, {});
    case Exchange::State::Open:
      break;
  }
  return stream ? waitStream(o, *stream) : wait(o);
}

void Session::serveStream(Stream& stream) {
  if (closing_) stream.close(kGoingAway);
  if (!stream.webSocket()) return;  // what comes behind the request is for later
  net_.consume(stream.feed(net_.input()));
}

ph_next Session::waitStream(const Exchange::Output& o, const Stream& stream) {
  Active& a = *active_;
  const auto now = Clock::now();
  if (!o.more && net_.pending() == 0) a.blocked.reset();
  if (o.more || net_.pending() > 0) {
    if (!a.blocked) a.blocked = now;
    until(std::min(*a.blocked + kOutputTime, now + kBeat));
  } else {
    until(now + kBeat);
  }
  // It may be given up before its output has moved.
  if (o.more) return net::kNextWriteOrWake;
  // Reading an event stream's connection shows that its client has gone.
  return !stream.webSocket() || stream.takesInput() ? PH_NEXT_READ : net::kNextAwait;
}

std::optional<ph_next> Session::completed(bool keepAlive) {
  const Active& a = *active_;
  logAccess(nullptr, a.exchange->status());
  const bool clean = a.bodyDone;
  active_.reset();
  return keepAlive && clean && !closing_ ? std::nullopt : std::optional<ph_next>(PH_NEXT_CLOSE);
}

// Until what comes first: the handler, the client, or one of their deadlines.
ph_next Session::wait(const Exchange::Output& o) {
  Active& a = *active_;
  const auto now = Clock::now();
  const bool reads = !a.bodyDone && a.exchange->room() > 0;
  auto at = now + seconds(3600);
  if (o.more) {
    if (!a.blocked) a.blocked = now;
    at = std::min(at, *a.blocked + kOutputTime);
  } else if (reads) {
    at = std::min(at, bodyDeadline(a.begun, a.received));
  }
  if (a.call) {
    const auto due = a.called + a.route->deadline + a.exchange->waited();
    // While it waits for the client, the client's deadline counts.
    at = std::min(at, a.exchange->waiting() ? now + seconds(1) : due);
  }
  until(at);
  return o.more ? PH_NEXT_WRITE : reads ? PH_NEXT_READ : net::kNextAwait;
}

ph_next Session::timedOut() {
  if (!active_) return since_ ? refuse(408, {}, nullptr) : PH_NEXT_CLOSE;
  Active& a = *active_;
  const auto now = Clock::now();
  if (a.blocked && now >= *a.blocked + kOutputTime) return PH_NEXT_CLOSE;
  if (const auto stream = a.exchange->stream()) {
    if (!a.blocked) stream->beat();
    return PH_NEXT_READ;
  }
  const bool reads = !a.bodyDone && a.exchange->room() > 0;
  if (reads && !a.blocked && now >= bodyDeadline(a.begun, a.received)) return giveUp(408, {});
  if (a.call && !a.exchange->waiting() && now >= a.called + a.route->deadline + a.exchange->waited()) {
    const auto call = a.call;
    const ph_next next = giveUp(503, "no answer in time");
    call->late();
    return next;
  }
  return PH_NEXT_READ;
}

ph_next Session::refuse(int status, std::string_view why, const RequestHead* head, const Fields& more) {
  net_.write(errorResponse(status, why, head, false, more));
  logAccess(head, status);
  return PH_NEXT_CLOSE;
}

// The request under way gets this answer, unless another one has begun: then it ends in its middle.
ph_next Session::giveUp(int status, std::string_view why) {
  const auto exchange = active_->exchange;
  exchange->cancel();
  std::string rest;
  const bool begun = exchange->take(0, &rest).begun;
  if (!begun) net_.write(errorResponse(status, why, &exchange->request().head, false));
  logAccess(nullptr, begun ? exchange->status() : status);
  active_.reset();
  return PH_NEXT_CLOSE;
}

// `head`: of a request that never became an exchange, or nullptr.
void Session::logAccess(const RequestHead* head, int status) {
  const Active* a = active_.get();
  if (!head && a) head = &a->exchange->request().head;
  meters_.answered(status);
  const auto took = a ? Clock::now() - a->begun : Clock::duration();
  if (a) meters_.took(std::chrono::duration<double>(took).count());
  if (!kLog.enabled(log::Level::Info)) return;
  const std::string ms = std::to_string(std::chrono::duration_cast<milliseconds>(took).count());
  kLog.delayed("request", {{"cid", std::to_string(info_.id)},
                           {"request", std::to_string(info_.id) + "-" + std::to_string(++requests_)},
                           {"listener", ph::view(info_.listener)},
                           {"remote", a ? a->exchange->request().remoteIp : ph::view(info_.remote_ip)},
                           {"method", head ? std::string_view(head->method) : ""},
                           {"host", head ? std::string_view(head->host.host) : ""},
                           {"path", head ? std::string_view(head->target.path) : ""},
                           {"status", std::to_string(status)},
                           {"plugin", a ? std::string_view(a->route->plugin) : ""},
                           {"in", std::to_string(a ? a->received : 0)},
                           {"out", std::to_string(a ? a->sent : 0)},
                           {"ms", ms}});
}

}  // namespace posthouse::http
