#include "login.hpp"

#include <algorithm>

#include "commands/capability.hpp"

namespace ph_imap {

namespace {

constexpr unsigned kFreeFailures = 3;  // each one more waits a second longer
constexpr uint32_t kMaxPauseMs = 30'000;

struct Attempt {
  explicit Attempt(ph::Login l) : login(std::move(l)) {}
  ~Attempt() { ph::wipe(password); }
  ph::Login login;
  std::string user, password;
  ph::Login::Outcome outcome;
};

struct Opening {
  std::string name;
  ph::Account account;
  ph_status status = PH_E_TEMPORARY;
};

Step deny(Session& s, const std::string& text) {
  const auto denied = [text = text.empty() ? "wrong user name or password" : text](Session& session) {
    const Step step = session.no(text, "AUTHENTICATIONFAILED");
    return session.reportLogin("") ? step : session.bye("too many failed logins");
  };
  const unsigned n = s.countLoginFailure();
  if (n <= kFreeFailures) return denied(s);
  return s.pause(std::min((n - kFreeFailures) * 1000, kMaxPauseMs), denied);
}

using Opened = std::function<Step(Session&, ph_status)>;

Step openAccount(Session& s, const std::string& name, Opened then) {
  auto o = std::make_shared<Opening>();
  o->name = name;
  const ph::Host& host = s.host();
  return s.job(
      ph::Pool::Disk,
      [o, &host] {
        auto account = ph::Account::open(host, o->name);
        o->status = account ? PH_OK : static_cast<ph_status>(account.error().kind);
        if (account) o->account = std::move(*account);
      },
      [o, then = std::move(then)](Session& session) {
        if (o->status != PH_OK) {
          session.host().error("the account can't be opened", {{"account", o->name}}, session.id());
          return then(session, o->status);
        }
        if (!session.reportLogin(o->name)) return session.bye("too many connections of this account");
        session.loggedIn(o->name, std::move(o->account));
        return then(session, PH_OK);
      });
}

}  // namespace

Step ended(Session& s, const ph::Login::Outcome& outcome) {
  if (outcome.status == PH_E_DENIED) return deny(s, outcome.text);
  // RFC 9051 6.2.2: a malformed exchange is answered with BAD.
  if (outcome.status == PH_E_INVALID) return s.bad("malformed authentication response");
  if (outcome.status != PH_OK) return s.no("logging in is not possible now", "UNAVAILABLE");
  return openAccount(s, outcome.account, [](Session& session, ph_status status) {
    if (status != PH_OK) return session.no("the account is not available now", "UNAVAILABLE");
    return session.ok("logged in", capabilities(session));
  });
}

Step logIn(Session& s, std::string user, std::string password) {
  auto login = s.startLogin({});
  if (!login) return s.no(login.error().text, "PRIVACYREQUIRED");
  auto a = std::make_shared<Attempt>(std::move(*login));
  a->user = std::move(user);
  a->password = password;
  ph::wipe(password);
  return s.job(
      ph::Pool::Crypto,
      [a] {
        a->outcome = a->login.password(a->user, a->password);
        ph::wipe(a->password);
      },
      [a](Session& session) { return ended(session, a->outcome); });
}

Step preauthenticate(Session& s, std::function<Step(Session&)> then) {
  auto login = s.startLogin("EXTERNAL");
  if (!login) return then(s);
  auto a = std::make_shared<Attempt>(std::move(*login));
  return s.job(
      ph::Pool::Crypto, [a] { a->outcome = a->login.step(std::string()); },
      [a, then = std::move(then)](Session& session) {
        if (a->outcome.status != PH_OK) return then(session);
        return openAccount(session, a->outcome.account, [then](Session& opened, ph_status) { return then(opened); });
      });
}

}  // namespace ph_imap
