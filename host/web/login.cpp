#include "web/login.hpp"

#include <ctime>
#include <future>

#include "net/address.hpp"
#include "net/network.hpp"
#include "ph/charset/convert.hpp"
#include "web/visitors.hpp"

namespace posthouse::web {
namespace {

const ph::Error kTooMany{ph::Kind::Limit, "too many failed logins; try again later"};

accounts::Peer peerOf(const http::Request& request) {
  accounts::Peer peer;
  peer.connection = request.session;
  peer.protocol = accounts::Accounts::kWeb;
  peer.remoteIp = request.remoteIp;
  if (request.secure) peer.tls = "TLS";
  peer.plaintextAllowed = net::isLoopback(request.remoteIp);
  return peer;
}

net::Address addressOf(const std::string& ip) {
  const auto a = net::Address::parse(ip.find(':') == std::string::npos ? ip + ":0" : "[" + ip + "]:0");
  return a.value_or(net::Address());
}

}  // namespace

ph::Result<std::string> Login::password(const accounts::Peer& peer, const Attempt& attempt) {
  const auto promise = std::make_shared<std::promise<ph::Result<std::string>>>();
  auto future = promise->get_future();
  const bool taken = s_.crypto.run([promise, &accounts = s_.accounts, peer, attempt] {
    promise->set_value(accounts::Login::password(accounts, peer, attempt.user, attempt.password));
  });
  return taken ? future.get() : ph::Result<std::string>(ph::Error{ph::Kind::Temporary, "the server is busy"});
}

ph::Status Login::secondFactor(const accounts::Peer& peer, const std::string& account, const Attempt& attempt) {
  auto s = s_.factor.check(account, attempt.code, std::time(nullptr));
  if (s || s.error().kind != ph::Kind::Denied) return s;
  accounts::LoginAttempt record;
  record.account = account;
  record.user = attempt.user;
  record.remoteIp = peer.remoteIp;
  record.protocol = peer.protocol;
  record.mechanism = "totp";
  record.result = "denied";
  record.tls = peer.tls;
  s_.accounts.record(std::move(record));
  return s;
}

ph::Result<Login::Outcome> Login::attempt(const http::Request& request, const Attempt& attempt) {
  const auto peer = peerOf(request);
  const auto address = addressOf(request.remoteIp);
  if (!s_.limits.loginRefused(address).empty()) return kTooMany;
  if (peer.tls.empty() && !peer.plaintextAllowed)
    return ph::Error{ph::Kind::Invalid, "passwords are taken over HTTPS only"};
  const auto failed = [&](const ph::Error& e) -> ph::Result<Outcome> {
    if (e.kind == ph::Kind::Denied && !s_.limits.loginFailed(address).empty()) return kTooMany;
    return e;
  };
  const auto account = password(peer, attempt);
  if (!account) {
    if (account.error().kind != ph::Kind::Denied || !account.error().text.empty()) return failed(account.error());
    return failed({ph::Kind::Denied, "the user name or the password is wrong"});
  }
  const auto factor = s_.factor.state(*account);
  if (!factor) return factor.error();
  if (factor->confirmed) {
    if (attempt.code.empty()) return Outcome{{}, *account, true};
    if (const auto s = secondFactor(peer, *account, attempt); !s) return failed(s.error());
  }
  const auto directory = s_.accounts.directory();
  const auto* config = directory->account(*account);
  Session session;
  session.account = *account;
  session.remoteIp = request.remoteIp;
  session.agent = ph::charset::sanitizeUtf8(request.head.fields.get("user-agent").value_or(""));
  session.powerful = config && Visitors::roleOf(*config) > 0;
  auto secret = s_.sessions.begin(std::move(session), std::time(nullptr));
  if (!secret) return secret.error();
  return Outcome{std::move(*secret), *account, false};
}

}  // namespace posthouse::web
