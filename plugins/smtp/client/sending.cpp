#include "client/sending.hpp"

#include <algorithm>

#include "client/dialogue.hpp"
#include "ph/address/domain.hpp"
#include "ph/text/ascii.hpp"

namespace ph_smtp::client {

using ph::view;

namespace {

constexpr uint32_t kConnectMs = 30'000;  // for all addresses of a server together

bool isIpAddress(std::string_view s) {
  const std::string text(s);
  if (text.find(':') != std::string::npos) return ph::address::parseAddressLiteral("[IPv6:" + text + "]").ok();
  return ph::address::parseAddressLiteral("[" + text + "]").ok();
}

Addresses one(const std::string& ip) {
  return ip.find(':') != std::string::npos ? Addresses{{}, {ip}} : Addresses{{ip}, {}};
}

// RFC 5321 4.1.1.1 asks for a name that others can resolve; "localhost" means nobody in the world.
bool isPublicName(std::string_view name) {
  return name.find('.') != std::string_view::npos && !ph::text::equalsNoCase(name, "localhost.localdomain") &&
         !(name.size() > 10 && ph::text::equalsNoCase(name.substr(name.size() - 10), ".localhost"));
}

// REQUIRETLS: could a connection as planned do?
bool qualifies(const TlsPlan& plan) {
  return plan.needed && plan.verifies();
}

Outcome requireTlsFailed(std::string text) {
  return localRefusal("5.7.10", "the message requires TLS with a verified server: " + std::move(text));
}

}  // namespace

Sending::Sending(const Means& means, ph::Attempt attempt, std::function<void(ph_attempt*)> over)
    : means_(means), attempt_(attempt), over_(std::move(over)) {}

Sending::~Sending() = default;

void Sending::start() {
  to_ = attempt_.destination();
  hint_ = Hint(view(to_.hint));
  helo_ = view(to_.helo).empty() ? means_.hostname : std::string(view(to_.helo));
  // Without a name that means something, the dialogue says our address instead.
  if (direct() && !isPublicName(helo_)) helo_.clear();
  if (!fetch()) return end();
  route();
}

bool Sending::fetch() {
  mail_ = Mail::next(means_.host, attempt_);
  if (mail_) ++mails_;
  return mail_.has_value();
}

void Sending::cancel() {
  cancelled_ = true;
  if (const uint64_t id = connection_) means_.host.session->wake(means_.host.raw(), id);
}

void Sending::connected(uint64_t id, std::string_view ip) {
  connection_ = id;
  connectedTo_ = ip;
  if (view(to_.proxy).empty()) hint_.used(server_.name, ip);
  note("connected to " + server_.name + " [" + std::string(ip) + "]:" + std::to_string(to_.port));
}

void Sending::route() {
  if (!means_.connect) return giveUp(localTrouble("4.3.5", "no connections can be made"), true);
  if (!direct()) {
    hosts_ = {std::string(view(to_.host))};
    return nextServer();
  }
  const std::string domain(view(to_.domain));
  if (!ph::address::isAddressLiteral(domain)) return lookUpExchangers(domain);
  const auto literal = ph::address::parseAddressLiteral(domain);
  if (!literal) return giveUp(localRefusal("5.1.2", "not an address: " + domain), true);
  std::string ip = ph::address::formatAddressLiteral(*literal);
  ip = ip.substr(1, ip.size() - 2);
  if (ip.starts_with("IPv6:")) ip.erase(0, 5);
  hosts_ = {ip};
  nextServer();
}

void Sending::lookUpExchangers(const std::string& domain) {
  if (!means_.dns) return giveUp(localTrouble("4.4.3", "no names can be looked up: the server has no resolver"), true);
  findExchangers(means_.dns, domain, ph::text::toLower(helo_), [self = shared_from_this()](Exchangers found) {
    if (found.failure) return self->giveUp(*found.failure, true);
    self->hosts_ = found.hosts;
    std::string text = found.implicit ? "no MX, trying the domain itself:" : "MX:";
    for (const auto& h : found.hosts) text += ' ' + h;
    self->note(text);
    self->exchangers_ = std::move(found);
    self->nextServer();
  });
}

void Sending::nextServer() {
  if (cancelled_) return end();
  if (!moreServers()) return giveUp(worst_->why, worst_->wide);
  server_ = {};
  server_.name = hosts_[next_++];
  locateServer(server_.name);
}

void Sending::locateServer(const std::string& name) {
  Located found;
  found.canonical = name;
  if (isIpAddress(name)) {
    found.addresses = one(name);
    return located(found);
  }
  if (!view(to_.proxy).empty()) {  // the proxy looks names up
    found.addresses.ipv4 = {name};
    return located(found);
  }
  if (!means_.dns) {
    return failed({Ending::Kind::Failed, localTrouble("4.4.3", name + " can't be looked up: no resolver"), true, true});
  }
  locate(means_.dns, name, to_.families, [self = shared_from_this()](const Located& answer) { self->located(answer); });
}

void Sending::located(const Located& found) {
  if (cancelled_) return end();
  const Addresses& a = found.addresses;
  if (a.ipv4.empty() && a.ipv6.empty()) {
    Ending e{Ending::Kind::Failed, localTrouble("4.4.4", server_.name + " has no address that can be used"), true,
             true};
    if (found.temporary) {
      e.why = localTrouble("4.4.3", server_.name + " can't be looked up: " + found.text);
    } else if (exchangers_.implicit && (to_.families & PH_ROUTE_IPV4) && (to_.families & PH_ROUTE_IPV6)) {
      // RFC 5321 5.1: neither MX nor address, so this is no domain for mail.
      e.why = localRefusal("5.1.2", "the domain " + server_.name + " has neither MX nor address records");
    }
    return failed(std::move(e));
  }
  server_.dualStack = a.dualStack();
  server_.addresses = hint_.order(server_.name, a);
  if (direct()) {
    const auto ours = [this](const std::string& ip) {
      return (ip == view(to_.source_ipv4) || ip == view(to_.source_ipv6)) && ip != "::1" && !ip.starts_with("127.");
    };
    if (std::any_of(server_.addresses.begin(), server_.addresses.end(), ours)) {
      return failed({Ending::Kind::Failed,
                     localRefusal("5.4.6", "mail would come back: " + server_.name + " is an address of this server"),
                     false, true});
    }
    return judge(found);
  }
  server_.tls = planRoute(server_.name, to_.tls);
  connect();
}

void Sending::judge(const Located& found) {
  if (exchangers_.hosts.empty()) return judged({});  // an address literal: policies are about names
  canonical_ = found.canonical;
  question_ = ph::sized<ph_mx_question>();
  question_.port = to_.port;
  question_.domain = to_.domain;
  question_.host = ph::str(server_.name);
  question_.canonical = ph::str(canonical_);
  question_.mx_secure = exchangers_.secure ? 1 : 0;
  question_.host_secure = found.secure ? 1 : 0;
  means_.policies.judge(question_, [self = shared_from_this()](const ph::MxAnswer& a) { self->judged(a); });
}

void Sending::judged(const ph::MxAnswer& policy) {
  if (cancelled_) return end();
  if (!policy.text.empty()) note(server_.name + ": " + policy.text);
  if (policy.refuse && !mail_->tlsOptional()) {
    return failed(
        {Ending::Kind::Failed, localTrouble("4.7.0", server_.name + " may not be used: " + policy.text), true, false});
  }
  server_.tls = planDirect(server_.name, policy, *mail_);
  connect();
}

ph_connect_to Sending::connectTo(std::vector<ph_str>& addresses) const {
  for (const auto& a : server_.addresses) addresses.push_back(ph::str(a));
  auto to = ph::sized<ph_connect_to>();
  to.timeout_ms = kConnectMs;
  to.addresses = addresses.data();
  to.address_count = addresses.size();
  to.port = to_.port;
  to.proxy = to_.proxy;
  to.proxy_port = to_.proxy_port;
  to.source_ipv4 = to_.source_ipv4;
  to.source_ipv6 = to_.source_ipv6;
  return to;
}

void Sending::connect() {
  if (cancelled_) return end();
  if (mail_->requireTls() && !qualifies(server_.tls)) {
    return failed({Ending::Kind::Failed, requireTlsFailed("nothing vouches for " + server_.name), true, false});
  }
  std::vector<ph_str> addresses;
  const ph_connect_to to = connectTo(addresses);
  const auto dialogue = std::make_shared<Dialogue>(means_.host, shared_from_this());
  const auto opened =
      ph::Connection::open(*means_.connect, dialogue, to, server_.tls.implicit ? &server_.tls.client : nullptr);
  if (!opened) failed({Ending::Kind::Failed, localTrouble("4.3.2", opened.error().text), true, true});
}

Outcome Sending::at(Outcome o, std::string_view ip, std::string_view tls) const {
  o.host = server_.name;
  o.ip = ip;
  o.tls = tls;
  // Many refuse addresses of one family for their reputation (x.7.x); the next attempt uses the other family.
  if (direct() && to_.earlier == 0 && server_.dualStack && o.permanent() && o.code != 0 &&
      o.enhanced.starts_with("5.7.")) {
    o.outcome = PH_DELIVERY_TEMPORARY;
  }
  return o;
}

bool Sending::settle() {
  const auto mayHaveIt = [](const Recipient& r) { return r.result && (r.result->flags & PH_ATTEMPT_BODY_SENT); };
  const auto& all = mail_->recipients;
  if (direct() && moreServers() && !mail_->decided() && std::none_of(all.begin(), all.end(), mayHaveIt)) return false;
  for (size_t i = 0; i < all.size(); ++i) {
    Recipient& r = mail_->recipients[i];
    if (r.reported || !r.result) continue;
    r.reported = true;
    (void)attempt_.result(i, *r.result);
  }
  return true;
}

void Sending::over(Ending ending) {
  connection_ = 0;
  if (cancelled_) {
    if (mail_) (void)settle();
    return end();
  }
  if (ending.kind == Ending::Kind::Finished) return end();
  if (ending.kind == Ending::Kind::RetryPlain) {
    server_.tls.wanted = server_.tls.fallback = false;
    // The same server: the address that answered, before those that may not have.
    const auto answered = std::find(server_.addresses.begin(), server_.addresses.end(), connectedTo_);
    if (answered != server_.addresses.end()) std::rotate(server_.addresses.begin(), answered, answered + 1);
    return connect();
  }
  failed(std::move(ending));
}

void Sending::failed(Ending ending) {
  const bool mayHaveIt = (ending.why.flags & PH_ATTEMPT_BODY_SENT) != 0;
  if (ending.why.host.empty()) ending.why.host = server_.name;
  note(server_.name + ": " + ending.why.text);
  if (!ending.tryNext || mayHaveIt || mail_->decided()) return giveUp(ending.why, ending.wide);
  // A temporary failure says more about the next attempt than a lack that ends it.
  if (!worst_) {
    worst_ = std::move(ending);
  } else {
    const bool wide = worst_->wide && ending.wide;
    if (ending.why.temporary() || !worst_->why.temporary()) worst_ = std::move(ending);
    worst_->wide = wide;
  }
  if (!moreServers()) return giveUp(worst_->why, worst_->wide);
  mail_->forNextServer();
  nextServer();
}

void Sending::report(const Outcome& why) {
  for (size_t i = 0; i < mail_->recipients.size(); ++i) {
    Recipient& r = mail_->recipients[i];
    if (r.reported) continue;
    r.reported = true;
    // What a server said is worth more than that another one could not be reached.
    (void)attempt_.result(i, r.result ? *r.result : r.earlier && why.code == 0 && why.temporary() ? *r.earlier : why);
  }
}

void Sending::giveUp(const Outcome& why, bool wide) {
  report(why);
  if (!wide || mails_ > 1) return end();
  // What holds for the destination holds for everything that waits for it.
  struct Rest {
    std::shared_ptr<Sending> sending;
    Outcome why;
  };
  auto rest = std::make_unique<Rest>(Rest{shared_from_this(), why});
  const auto work = [](void* ctx) {
    const std::unique_ptr<Rest> r(static_cast<Rest*>(ctx));
    Sending& s = *r->sending;
    ph::guardVoid(&s.means_.host, "the rest of an attempt", [&] {
      while (!s.cancelled_ && s.fetch()) s.report(r->why);
    });
    s.end();
  };
  if (means_.host.jobs->run(means_.host.raw(), PH_POOL_DISK, work, rest.get()) != PH_OK) return end();
  (void)rest.release();  // the job has it
}

void Sending::end() {
  mail_.reset();  // its message is borrowed until then
  const std::string hint = hint_.str();
  if (const auto over = std::exchange(over_, nullptr)) {
    over(attempt_.raw());
    attempt_.end(nullptr, hint);
  }
}

}  // namespace ph_smtp::client
