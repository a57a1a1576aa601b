// AUTHENTICATE. RFC 9051 6.2.2: authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp] *(CRLF base64)
#include "commands/table.hpp"
#include "login.hpp"
#include "ph/sasl/base64.hpp"
#include "ph/sasl/exchange.hpp"

namespace ph_imap {

namespace {

namespace sasl = ph::sasl;

class Authenticate final : public Task {
 public:
  explicit Authenticate(std::unique_ptr<sasl::Mechanism> mechanism, std::optional<std::string> initial)
      : exchange_(std::move(mechanism)), initial_(std::move(initial)) {}

  bool isWaiting() const override { return true; }

  Step step(Session& s) override {
    if (!started_) {
      started_ = true;
      if (auto over = advance(s, exchange_.start(initial_))) return *over;
    }
    while (true) {
      std::string line;
      if (const Step read = s.readLine(line); read != Step::Answered) return read;
      auto over = advance(s, exchange_.line(line));
      wipe(line);
      if (over) return *over;
    }
  }

 private:
  static std::optional<Step> advance(Session& s, sasl::Step&& step) {
    if (const auto* challenge = std::get_if<sasl::Challenge>(&step)) {
      s.out().raw("+ ").raw(sasl::encodeBase64(challenge->bytes)).raw("\r\n");
      return std::nullopt;
    }
    // RFC 9051 6.2.2: a cancelled or malformed exchange is answered with BAD.
    if (const auto* failure = std::get_if<sasl::Failure>(&step)) return s.bad(failure->text);
    auto& login = std::get<sasl::PasswordLogin>(step);
    // Nobody acts for another identity.
    if (!login.authorizationId.empty() && login.authorizationId != login.authenticationId) {
      wipe(login.password);
      return denyLogin(s, login.authenticationId);
    }
    return logIn(s, std::move(login.authenticationId), std::move(login.password));
  }

  sasl::Exchange exchange_;
  std::optional<std::string> initial_;
  bool started_ = false;
};

}  // namespace

Step authenticate(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string name = parser.atom();
  std::optional<std::string> initial;
  if (parser.accept(' ')) initial = parser.atom();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  auto mechanism = sasl::makeMechanism(name);
  if (!mechanism) return s.no("unknown mechanism", "CANNOT");
  if (mechanism->isPlaintext() && !s.passwordAllowed()) return s.no("STARTTLS first", "PRIVACYREQUIRED");
  return s.begin(std::make_unique<Authenticate>(std::move(mechanism), std::move(initial)));
}

}  // namespace ph_imap
