// PLAIN, LOGIN and CRAM-MD5 on the client's side, and the choice among all.
#include "ph/sasl/client.hpp"

#include "ph/sasl/cram_md5.hpp"
#include "ph/sasl/scram_client.hpp"

namespace ph::sasl {

namespace {

Error over() {
  return {Kind::Invalid, "the server asks for more than the mechanism has"};
}

// message = [authzid] UTF8NUL authcid UTF8NUL passwd (RFC 4616 2).
class PlainClient : public ClientMechanism {
 public:
  explicit PlainClient(ClientLogin login) : login_(std::move(login)) {}
  std::optional<std::string> first() override { return std::string(1, '\0') + login_.user + '\0' + login_.password; }
  Result<std::string> respond(std::string_view) override { return over(); }
  bool satisfied() const override { return true; }

 private:
  const ClientLogin login_;
};

class LoginClient : public ClientMechanism {
 public:
  explicit LoginClient(ClientLogin login) : login_(std::move(login)) {}
  std::optional<std::string> first() override { return std::nullopt; }
  // The prompts differ from server to server; their order does not.
  Result<std::string> respond(std::string_view) override {
    ++asked_;
    if (asked_ > 2) return over();
    return asked_ == 1 ? login_.user : login_.password;
  }
  bool satisfied() const override { return asked_ == 2; }

 private:
  const ClientLogin login_;
  int asked_ = 0;
};

class CramMd5Client : public ClientMechanism {
 public:
  explicit CramMd5Client(ClientLogin login) : login_(std::move(login)) {}
  std::optional<std::string> first() override { return std::nullopt; }
  Result<std::string> respond(std::string_view challenge) override {
    if (std::exchange(asked_, true)) return over();
    return login_.user + ' ' + cramDigest(deriveCram(login_.password), challenge);
  }
  bool satisfied() const override { return asked_; }

 private:
  const ClientLogin login_;
  bool asked_ = false;
};

}  // namespace

bool sendsPassword(std::string_view mechanism) {
  return mechanism == "PLAIN" || mechanism == "LOGIN";
}

std::unique_ptr<ClientMechanism> makeClient(std::string_view mechanism, ClientLogin login) {
  if (login.user.find('\0') != std::string::npos || login.password.find('\0') != std::string::npos) return nullptr;
  if (mechanism == "PLAIN") return std::make_unique<PlainClient>(std::move(login));
  if (mechanism == "LOGIN") return std::make_unique<LoginClient>(std::move(login));
  if (mechanism == "CRAM-MD5") return std::make_unique<CramMd5Client>(std::move(login));
  const bool plus = mechanism.ends_with("-PLUS");
  if (plus) mechanism.remove_suffix(5);
  if (mechanism != "SCRAM-SHA-256" && mechanism != "SCRAM-SHA-1") return nullptr;
  if (plus && !login.bindings.any()) return nullptr;
  return std::make_unique<ScramClient>(mechanism == "SCRAM-SHA-1" ? ScramHash::Sha1 : ScramHash::Sha256, plus,
                                       std::move(login));
}

}  // namespace ph::sasl
