// AUTH. RFC 4954 4: auth-command = "AUTH" SP sasl-mech [SP initial-response] *(CRLF [base64]) [CRLF cancel-response]
// CRLF
#include <algorithm>

#include "commands/table.hpp"
#include "ph/sasl/base64.hpp"
#include "ph/sasl/line.hpp"
#include "verdict.hpp"

namespace ph_smtp {

namespace {

using ph::Next;

constexpr unsigned kFreeFailures = 3;  // each one more waits a second longer
constexpr uint32_t kMaxPauseMs = 30'000;

Next denied(Session& s) {
  const auto& said = s.login()->outcome.text;
  const std::string text = said.empty() ? "wrong user name or password" : said;
  s.endLogin();
  if (!s.reportLogin("")) return s.close(421, "4.7.0", "too many failed logins, closing connection");
  return s.reply(535, "5.7.8", text);
}

Next deny(Session& s) {
  const unsigned n = s.countLoginFailure();
  if (n >= kFreeFailures) s.slowDown();
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
  if (!s.reportLogin(s.account())) return s.close(421, "4.7.0", "too many logins");
  return s.reply(235, "2.7.0", "logged in");
}

Next stepped(Session& s) {
  LoginAttempt& attempt = *s.login();
  switch (attempt.outcome.status) {
    case PH_OK:
      s.loggedIn(attempt.outcome.account);
      s.updateInfo();
      return s.prepare(&judged);
    case 1:
      attempt.awaitsLine = true;
      return s.reply(334, "", ph::sasl::encodeBase64(attempt.outcome.challenge));
    case PH_E_DENIED:
      return deny(s);
    case PH_E_INVALID:
      s.endLogin();
      return s.mistake(501, "5.5.2", "malformed authentication response");
    default:
      s.endLogin();
      return s.reply(454, "4.7.0", "logging in is not possible now, try again later");
  }
}

Next step(Session& s, std::optional<std::string> response) {
  LoginAttempt& attempt = *s.login();
  attempt.response = std::move(response);
  attempt.awaitsLine = false;
  attempt.outcome = {};
  return s.work(
      ph::Pool::Crypto,
      [&s] {
        LoginAttempt& a = *s.login();
        a.outcome = a.login.step(std::move(a.response));
      },
      &stepped);
}

// What the client sent instead of base64.
Next badResponse(Session& s, const ph::Error& error) {
  if (error.kind == ph::Kind::Cancelled) s.login()->login.cancel();
  s.endLogin();
  if (error.kind == ph::Kind::Cancelled) return s.reply(501, "5.7.0", error.text);
  return error.kind == ph::Kind::Limit ? s.mistake(500, "5.5.6", error.text) : s.mistake(501, "5.5.2", error.text);
}

}  // namespace

Next auth(Session& s, std::string_view arguments) {
  if (s.service() != Service::Submission) return s.mistake(503, "5.5.1", "logging in is not offered here");
  if (!s.greeted()) return s.mistake(503, "5.5.1", "say EHLO first");
  if (!s.account().empty()) return s.mistake(503, "5.5.1", "you are logged in already");
  if (s.envelope()) return s.mistake(503, "5.5.1", "not during a transaction");
  const size_t blank = arguments.find(' ');
  const std::string_view mechanism = arguments.substr(0, blank);
  if (mechanism.empty()) return s.mistake(501, "5.5.4", "syntax is AUTH mechanism");
  auto login = s.startLogin(mechanism);
  if (!login) {
    return login.error().kind == ph::Kind::Denied ? s.mistake(538, "5.7.11", login.error().text)
                                                  : s.mistake(504, "5.5.4", login.error().text);
  }
  s.beginLogin(std::make_unique<LoginAttempt>(std::move(*login)));
  if (blank == std::string_view::npos) return step(s, std::nullopt);
  auto initial = ph::sasl::decodeInitial(arguments.substr(blank + 1));
  return initial ? step(s, std::move(*initial)) : badResponse(s, initial.error());
}

Next authLine(Session& s, std::string_view line) {
  auto response = ph::sasl::decodeLine(line);
  return response ? step(s, std::move(*response)) : badResponse(s, response.error());
}

}  // namespace ph_smtp
