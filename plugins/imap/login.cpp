#include "login.hpp"

#include <string.h>

#include <algorithm>

#include "commands/capability.hpp"

namespace ph_imap {

namespace {

constexpr unsigned kFreeFailures = 3;  // each one more waits a second longer
constexpr uint32_t kMaxPauseMs = 30'000;

// One try, from the client's last word until the answer.
struct Attempt {
  ~Attempt() { wipe(password); }

  std::string user;
  std::string password;
  ph_status status = PH_E_TEMPORARY;
  std::string accountName;
  std::string text;  // what an admin wants this account to be told
  ph::Account account;
};

Step deny(Session& s, const std::string& user, const std::string& text) {
  s.host().info("failed authentication attempt", {{"user", user}, {"remote", ph::view(s.info().remote_ip)}}, s.id());
  const auto denied = [text = text.empty() ? "wrong user name or password" : text](Session& session) {
    const Step step = session.no(text, "AUTHENTICATIONFAILED");
    return session.reportLogin("") ? step : session.bye("too many failed logins");
  };
  const unsigned n = s.countLoginFailure();
  if (n <= kFreeFailures) return denied(s);
  return s.pause(std::min((n - kFreeFailures) * 1000, kMaxPauseMs), denied);
}

Step opened(Session& s, Attempt& a) {
  if (a.status != PH_OK) {
    s.host().error("the account can't be opened", {{"account", a.accountName}}, s.id());
    return s.no("the account is not available now", "UNAVAILABLE");
  }
  if (!s.reportLogin(a.accountName)) return s.bye("too many connections of this account");
  s.host().info("logged in", {{"account", a.accountName}, {"remote", ph::view(s.info().remote_ip)}}, s.id());
  s.loggedIn(a.accountName, std::move(a.account));
  return s.ok("logged in", capabilities(s));
}

Step checked(Session& s, const std::shared_ptr<Attempt>& a) {
  if (a->status == PH_E_DENIED) return deny(s, a->user, a->text);
  if (a->status != PH_OK) return s.no("logging in is not possible now", "UNAVAILABLE");
  const ph::Host& host = s.host();
  return s.job(
      ph::Pool::Disk,
      [a, &host] {
        auto account = ph::Account::open(host, a->accountName);
        a->status = account ? PH_OK : static_cast<ph_status>(account.error().kind);
        if (account) a->account = std::move(*account);
      },
      [a](Session& session) { return opened(session, *a); });
}

}  // namespace

void wipe(std::string& secret) {
  ::explicit_bzero(secret.data(), secret.size());
  secret.clear();
}

Step denyLogin(Session& s, const std::string& user) {
  return deny(s, user, {});
}

Step logIn(Session& s, std::string user, std::string password) {
  auto a = std::make_shared<Attempt>();
  a->user = std::move(user);
  a->password = password;
  wipe(password);
  const ph::Host& host = s.host();
  return s.job(
      ph::Pool::Crypto,
      [a, &host, remote = s.info().remote_ip] {
        auto out = ph::sized<ph_login>();
        a->status = host.accounts->authenticate(host.raw(), ph::str(a->user), ph::str(a->password), remote, &out);
        a->accountName = out.account;
        a->text = out.text;
        wipe(a->password);
      },
      [a](Session& session) { return checked(session, a); });
}

}  // namespace ph_imap
