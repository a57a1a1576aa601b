// AUTHENTICATE. RFC 9051 6.2.2: authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp] *(CRLF base64)
#include "commands/table.hpp"
#include "login.hpp"
#include "ph/sasl/base64.hpp"
#include "ph/sasl/line.hpp"

namespace ph_imap {

namespace {

class Authenticate final : public Task {
 public:
  Authenticate(ph::Login login, std::optional<std::string> initial)
      : shared_(std::make_shared<Shared>(std::move(login))), response_(std::move(initial)) {}

  bool isWaiting() const override { return !working_; }

  Step step(Session& s) override {
    if (!started_) {
      started_ = true;
      return advance(s);
    }
    if (working_) {
      working_ = false;
      const auto& outcome = shared_->outcome;
      if (outcome.status != 1) return ended(s, outcome);
      s.out().raw("+ ").raw(ph::sasl::encodeBase64(outcome.challenge)).raw("\r\n");
    }
    std::string line;
    if (const Step read = s.readLine(line); read != Step::Answered) return read;
    auto response = ph::sasl::decodeLine(line);
    ph::wipe(line);
    if (!response) {
      if (response.error().kind == ph::Kind::Cancelled) shared_->login.cancel();
      return s.bad(response.error().text);
    }
    response_ = std::move(*response);
    return advance(s);
  }

 private:
  // What the job works with.
  struct Shared {
    explicit Shared(ph::Login l) : login(std::move(l)) {}
    ph::Login login;
    ph::Login::Outcome outcome;
  };

  Step advance(Session& s) {
    working_ = true;
    return s.job(
        ph::Pool::Crypto,
        [shared = shared_, response = std::exchange(response_, std::nullopt)]() mutable {
          shared->outcome = shared->login.step(std::move(response));
        },
        [this](Session& session) { return step(session); });
  }

  std::shared_ptr<Shared> shared_;
  std::optional<std::string> response_;
  bool started_ = false;
  bool working_ = false;
};

}  // namespace

Step authenticate(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string name = parser.atom();
  std::optional<std::string> initial;
  if (parser.accept(' ')) initial = parser.atom();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  auto login = s.startLogin(name);
  if (!login) {
    return s.no(login.error().text, login.error().kind == ph::Kind::Denied ? "PRIVACYREQUIRED" : "CANNOT");
  }
  if (initial) {
    auto decoded = ph::sasl::decodeInitial(*initial);
    if (!decoded) return s.bad(decoded.error().text);
    initial = std::move(*decoded);
  }
  return s.begin(std::make_unique<Authenticate>(std::move(*login), std::move(initial)));
}

}  // namespace ph_imap
