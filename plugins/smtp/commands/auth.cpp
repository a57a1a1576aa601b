// AUTH. RFC 4954 4: auth-command = "AUTH" SP sasl-mech [SP initial-response] *(CRLF [base64]) [CRLF cancel-response]
// CRLF
#include <algorithm>

#include "commands/table.hpp"
#include "ph/sasl/base64.hpp"
#include "ph/sasl/mechanism.hpp"
#include "verdict.hpp"

namespace ph_smtp {

namespace {

using ph::Next;

constexpr unsigned kFreeFailures = 3;  // each one more waits a second longer
constexpr uint32_t kMaxPauseMs = 30'000;

Next denied(Session& s) {
  const std::string text = s.login() && !s.login()->text.empty() ? s.login()->text : "wrong user name or password";
  s.endLogin();
  if (!s.reportLogin("")) return s.close(421, "4.7.0", "too many failed logins, closing connection");
  return s.reply(535, "5.7.8", text);
}

Next deny(Session& s) {
  s.host().info("failed authentication attempt", {{"user", s.login()->user}, {"remote", ph::view(s.info().remote_ip)}},
                s.id());
  const unsigned n = s.countLoginFailure();
  if (n <= kFreeFailures) return denied(s);
  return s.pause(std::min((n - kFreeFailures) * 1000, kMaxPauseMs), &denied);
}

Next judged(Session& s) {
  if (refuses(s.verdict())) {
    const auto r = refusalOf(s.verdict());
    s.loggedIn("");
    s.endLogin();
    s.resetTransaction();
    return r.disconnect ? s.close(r.code, r.enhanced, r.text)
                        : s.reply(r.code / 100 == 4 ? 454 : 535, r.code / 100 == 4 ? "4.7.0" : "5.7.8", r.text);
  }
  s.endLogin();
  s.host().info("logged in", {{"account", s.account()}, {"remote", ph::view(s.info().remote_ip)}}, s.id());
  if (!s.reportLogin(s.account())) return s.close(421, "4.7.0", "too many logins");
  return s.reply(235, "2.7.0", "logged in");
}

Next checked(Session& s) {
  const LoginAttempt& attempt = *s.login();
  if (attempt.status == PH_E_DENIED) return deny(s);
  if (attempt.status != PH_OK) {
    s.endLogin();
    return s.reply(454, "4.7.0", "logging in is not possible now, try again later");
  }
  s.loggedIn(attempt.account);
  s.updateInfo();
  return s.prepare(&judged);
}

Next check(Session& s, ph::sasl::PasswordLogin&& login) {
  const bool sameIdentity = login.authorizationId.empty() || login.authorizationId == login.authenticationId;
  s.beginLogin(std::make_unique<LoginAttempt>(login.authenticationId, std::move(login.password)));
  LoginAttempt::wipe(login.password);
  if (!sameIdentity) return deny(s);  // nobody acts for another identity
  return s.work(
      ph::Pool::Crypto,
      [&s] {
        LoginAttempt& attempt = *s.login();
        auto out = ph::sized<ph_login>();
        const auto& h = s.host();
        attempt.status = h.accounts->authenticate(h.raw(), ph::str(attempt.user), ph::str(attempt.password),
                                                  s.info().remote_ip, &out);
        attempt.account = out.account;
        attempt.text = out.text;
        LoginAttempt::wipe(attempt.password);
      },
      &checked);
}

Next advance(Session& s, ph::sasl::Step&& step) {
  if (const auto* challenge = std::get_if<ph::sasl::Challenge>(&step)) {
    return s.reply(334, "", ph::sasl::encodeBase64(challenge->bytes));
  }
  s.endAuth();
  if (const auto* failure = std::get_if<ph::sasl::Failure>(&step)) {
    using Why = ph::sasl::Failure::Why;
    if (failure->why == Why::Cancelled) return s.reply(501, "5.7.0", failure->text);
    if (failure->why == Why::TooLong) return s.mistake(500, "5.5.6", failure->text);
    return s.mistake(501, "5.5.2", failure->text);
  }
  return check(s, std::get<ph::sasl::PasswordLogin>(std::move(step)));
}

}  // namespace

Next auth(Session& s, std::string_view arguments) {
  if (s.service() == Service::Receive) return s.mistake(503, "5.5.1", "logging in is not offered here");
  if (!s.greeted()) return s.mistake(503, "5.5.1", "say EHLO first");
  if (!s.account().empty()) return s.mistake(503, "5.5.1", "you are logged in already");
  if (s.envelope()) return s.mistake(503, "5.5.1", "not during a transaction");
  const size_t blank = arguments.find(' ');
  auto mechanism = ph::sasl::makeMechanism(arguments.substr(0, blank));
  if (arguments.empty()) return s.mistake(501, "5.5.4", "syntax is AUTH mechanism");
  if (!mechanism) return s.mistake(504, "5.5.4", "unknown mechanism");
  if (mechanism->isPlaintext() && !s.authAllowed()) return s.mistake(538, "5.7.11", "STARTTLS first");
  std::optional<std::string_view> initial;
  if (blank != std::string_view::npos) initial = arguments.substr(blank + 1);
  s.beginAuth(std::make_unique<ph::sasl::Exchange>(std::move(mechanism)));
  return advance(s, s.exchange()->start(initial));
}

Next authLine(Session& s, std::string_view line) {
  return advance(s, s.exchange()->line(line));
}

}  // namespace ph_smtp
