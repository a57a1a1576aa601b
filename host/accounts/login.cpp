#include "accounts/login.hpp"

#include <openssl/rand.h>
#include <sodium.h>

#include <algorithm>
#include <ctime>

#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "ph/sasl/base64.hpp"
#include "ph/sasl/external.hpp"
#include "ph/sasl/login.hpp"
#include "ph/sasl/plain.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::accounts {
namespace {

namespace sasl = ph::sasl;
const log::Log kLog("accounts");
const metrics::Counters kLogins("posthouse_logins_total", "Logins.", {"protocol", "mechanism", "result"});

std::string random(size_t bytes) {
  std::string out(bytes, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(bytes));
  return out;
}

void record(Accounts& accounts, const Peer& peer, std::string_view mechanism, const std::string& user,
            const std::string& account, const char* result) {
  LoginAttempt a;
  a.account = account;
  a.user = user;
  a.remoteIp = peer.remoteIp;
  a.localIp = peer.localIp;
  a.protocol = peer.protocol;
  a.mechanism = mechanism;
  a.result = result;
  a.tls = peer.tls;
  a.fingerprint = peer.fingerprint;
  accounts.record(std::move(a));
  kLogins.with({peer.protocol, mechanism, result}).add();
  if (result == std::string_view("ok")) {
    kLog.info("login", {{"cid", std::to_string(peer.connection)},
                        {"protocol", peer.protocol},
                        {"mechanism", mechanism},
                        {"account", account},
                        {"remote", peer.remoteIp}});
  } else if (result != std::string_view("cancelled")) {
    // The wording and remote= are what log watchers such as fail2ban look for.
    kLog.info("failed authentication attempt", {{"cid", std::to_string(peer.connection)},
                                                {"protocol", peer.protocol},
                                                {"mechanism", mechanism},
                                                {"user", user},
                                                {"reason", result},
                                                {"remote", peer.remoteIp}});
  }
}

std::unique_ptr<sasl::Mechanism> make(Accounts& accounts, const Peer& peer, std::string_view name) {
  for (const auto hash : {sasl::ScramHash::Sha256, sasl::ScramHash::Sha1}) {
    const std::string plain = hash == sasl::ScramHash::Sha1 ? "SCRAM-SHA-1" : "SCRAM-SHA-256";
    const bool plus = name == plain + "-PLUS";
    if (!plus && name != plain) continue;
    return std::make_unique<sasl::Scram>(
        hash, plus, peer.bindings, sasl::encodeBase64(random(18)),
        [&accounts, hash](std::string_view user) { return accounts.scramVerifier(hash, user); });
  }
  if (name == "PLAIN") return std::make_unique<sasl::Plain>();
  if (name == "LOGIN") return std::make_unique<sasl::Login>();
  if (name == "EXTERNAL") return std::make_unique<sasl::External>();
  const std::string challenge =
      "<" + sasl::encodeBase64(random(12)) + "." + std::to_string(std::time(nullptr)) + "@posthouse>";
  return std::make_unique<sasl::CramMd5>(challenge,
                                         [&accounts](std::string_view user) { return accounts.cramKey(user); });
}

}  // namespace

std::string Login::certificateAccount(Accounts& accounts, const Peer& peer, bool* preauth) {
  if (peer.fingerprint.empty()) return {};
  const auto owner = accounts.tlsKeys().find(peer.fingerprint);
  if (!owner || !accounts.accountOfProven(owner->account)) return {};
  *preauth = owner->key.preauth;
  return owner->account;
}

std::vector<std::string> Login::mechanisms(Accounts& accounts, const Peer& peer) {
  std::vector<std::string> out;
  if (peer.tls.empty() && !peer.plaintextAllowed) return out;
  bool preauth = false;
  if (!certificateAccount(accounts, peer, &preauth).empty()) out.emplace_back("EXTERNAL");
  for (const char* scram : {"SCRAM-SHA-256", "SCRAM-SHA-1"}) {
    if (peer.bindings.any()) out.push_back(std::string(scram) + "-PLUS");
    out.emplace_back(scram);
  }
  if (accounts.directory()->anyCramMd5()) out.emplace_back("CRAM-MD5");
  out.emplace_back("PLAIN");
  out.emplace_back("LOGIN");
  return out;
}

Login::Login(Accounts& accounts, Peer peer, std::unique_ptr<sasl::Mechanism> mechanism)
    : accounts_(accounts), peer_(std::move(peer)), mechanism_(std::move(mechanism)) {}

ph::Result<std::unique_ptr<Login>> Login::begin(Accounts& accounts, Peer peer, std::string_view mechanism) {
  std::string name(mechanism);
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return ph::text::upper(c); });
  Peer withTls = peer;
  if (peer.tls.empty()) withTls.tls = "any";
  const auto has = [&](const Peer& p) {
    const auto offered = mechanisms(accounts, p);
    return std::find(offered.begin(), offered.end(), name) != offered.end();
  };
  if (!has(peer)) {
    if (has(withTls)) return ph::Error{ph::Kind::Denied, "STARTTLS first"};
    return ph::Error{ph::Kind::NotFound, "unknown mechanism"};
  }
  auto m = make(accounts, peer, name);
  return std::unique_ptr<Login>(new Login(accounts, std::move(peer), std::move(m)));
}

ph::Result<std::string> Login::finish(Accounts& accounts, const Peer& peer, std::string_view mechanism,
                                      const std::string& user, const std::string& actAs,
                                      ph::Result<std::string> account) {
  const auto directory = accounts.directory();
  const std::string claimed = directory->accountOfLogin(user);
  if (account) {
    bool preauth = false;
    const std::string certified = certificateAccount(accounts, peer, &preauth);
    if (!certified.empty() && certified != *account) {
      account = ph::Error{ph::Kind::Denied, "the TLS client certificate belongs to another account"};
    } else if (!actAs.empty() && directory->accountOfLogin(actAs) != *account) {
      account = ph::Error{ph::Kind::Denied, ""};  // nobody acts for another account
    }
  }
  if (account) {
    record(accounts, peer, mechanism, user, *account, "ok");
  } else if (account.error().kind == ph::Kind::Denied) {
    record(accounts, peer, mechanism, user, claimed, account.error().text.empty() ? "denied" : "disabled");
  } else {
    record(accounts, peer, mechanism, user, claimed, "unavailable");
  }
  return account;
}

ph::Result<std::string> Login::password(Accounts& accounts, const Peer& peer, std::string_view user,
                                        std::string_view password) {
  if (peer.tls.empty() && !peer.plaintextAllowed) return ph::Error{ph::Kind::Denied, "STARTTLS first"};
  return finish(accounts, peer, "password", std::string(user), {},
                accounts.authenticate(user, password, peer.protocol));
}

ph::Result<Login::Answer> Login::step(std::optional<std::string_view> response) {
  auto step = mechanism_->step(response);
  if (auto* challenge = std::get_if<sasl::Challenge>(&step)) return Answer{false, std::move(challenge->bytes), {}};
  const auto done = [&](const std::string& user, const std::string& actAs,
                        ph::Result<std::string> account) -> ph::Result<Answer> {
    auto result = finish(accounts_, peer_, mechanism_->name(), user, actAs, std::move(account));
    if (!result) return result.error();
    return Answer{true, {}, *result};
  };
  if (auto* login = std::get_if<sasl::PasswordLogin>(&step)) {
    auto account = accounts_.authenticate(login->authenticationId, login->password, peer_.protocol);
    sodium_memzero(login->password.data(), login->password.size());
    return done(login->authenticationId, login->authorizationId, std::move(account));
  }
  if (auto* proven = std::get_if<sasl::Proven>(&step)) {
    return done(proven->authenticationId, proven->authorizationId, accounts_.accountOfProven(proven->authenticationId));
  }
  if (auto* external = std::get_if<sasl::ExternalLogin>(&step)) {
    bool preauth = false;
    const std::string account = certificateAccount(accounts_, peer_, &preauth);
    return done(account, external->authorizationId, accounts_.accountOfProven(account));
  }
  const auto& failure = std::get<sasl::Failure>(step);
  const std::string claimed = accounts_.directory()->accountOfLogin(failure.user);
  using Why = sasl::Failure::Why;
  static constexpr const char* kResults[] = {"malformed", "denied", "binding", "unavailable"};
  record(accounts_, peer_, mechanism_->name(), failure.user, claimed, kResults[static_cast<int>(failure.why)]);
  switch (failure.why) {
    case Why::Malformed:
      return ph::Error{ph::Kind::Invalid, failure.text};
    case Why::Denied:
      return ph::Error{ph::Kind::Denied, ""};
    case Why::Binding:
      return ph::Error{ph::Kind::Denied, failure.text};
    case Why::Unavailable:
      break;
  }
  return ph::Error{ph::Kind::Temporary, failure.text};
}

void Login::cancelled() {
  record(accounts_, peer_, mechanism_->name(), {}, {}, "cancelled");
}

}  // namespace posthouse::accounts
