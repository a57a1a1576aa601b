// SCRAM on the server's side (RFC 5802 5 to 7).
#include "ph/sasl/scram.hpp"

#include "ph/sasl/base64.hpp"
#include "ph/sasl/scram_keys.hpp"
#include "ph/text/utf8.hpp"

namespace ph::sasl {

namespace {

constexpr std::size_t kMaxMessage = 4096;

// Takes the text up to the next comma, and the comma.
std::string_view takeItem(std::string_view& rest) {
  const std::size_t comma = rest.find(',');
  const std::string_view item = rest.substr(0, comma);
  rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  return item;
}

// saslname: "," is "=2C", "=" is "=3D", nothing else may follow "=".
std::optional<std::string> decodeName(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i];
      continue;
    }
    const std::string_view code = text.substr(i, 3);
    if (code != "=2C" && code != "=3D") return std::nullopt;
    out += code == "=2C" ? ',' : '=';
    i += 2;
  }
  if (out.empty()) return std::nullopt;
  return out;
}

bool isNonce(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c < 0x21 || c > 0x7e || c == ',') return false;
  }
  return true;
}

}  // namespace

Scram::Scram(ScramHash hash, bool plus, ScramBindings bindings, std::string nonce, Lookup lookup)
    : hash_(hash),
      plus_(plus),
      bindings_(std::move(bindings)),
      serverNonce_(std::move(nonce)),
      lookup_(std::move(lookup)) {}

std::string_view Scram::name() const {
  if (hash_ == ScramHash::Sha1) return plus_ ? "SCRAM-SHA-1-PLUS" : "SCRAM-SHA-1";
  return plus_ ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256";
}

Step Scram::fail(Failure::Why why, const char* text) {
  wants_ = Wants::Nothing;
  return Failure{why, text, user_};
}

const std::string* Scram::binding(std::string_view kind) const {
  const std::string* data = kind == "tls-exporter"           ? &bindings_.exporter
                            : kind == "tls-server-end-point" ? &bindings_.endPoint
                                                             : nullptr;
  return data && !data->empty() ? data : nullptr;
}

Step Scram::step(std::optional<std::string_view> response) {
  if (wants_ == Wants::Nothing) return fail(Failure::Why::Malformed, "authentication exchange is over");
  if (!response) {
    if (wants_ == Wants::ClientFirst) return Challenge{};
    return fail(Failure::Why::Malformed, "a response is missing");
  }
  if (response->size() > kMaxMessage) return fail(Failure::Why::Malformed, "authentication message is too long");
  if (response->find('\0') != std::string_view::npos || !text::isUtf8(*response))
    return fail(Failure::Why::Malformed, "authentication message is not text");
  if (wants_ == Wants::ClientFirst) return clientFirst(*response);
  if (wants_ == Wants::ClientFinal) return clientFinal(*response);
  // The client has seen our signature and has nothing to add.
  if (!response->empty()) return fail(Failure::Why::Malformed, "the last response must be empty");
  wants_ = Wants::Nothing;
  return Proven{authorizationId_, user_};
}

Step Scram::clientFirst(std::string_view message) {
  using Why = Failure::Why;
  std::string_view rest = message;
  const std::string_view flag = takeItem(rest);
  if (flag.starts_with("p=")) {
    if (!plus_) return fail(Why::Malformed, "channel binding needs a mechanism with -PLUS");
    const auto* data = binding(flag.substr(2));
    if (!data) return fail(Why::Binding, "this kind of channel binding is not available here");
    bindingData_ = *data;
  } else if (flag == "n" || flag == "y") {
    if (plus_) return fail(Why::Malformed, "a mechanism with -PLUS needs channel binding");
    // RFC 5802 6: the client could bind and thinks that we can't: somebody took -PLUS out of our list.
    if (flag == "y" && bindings_.any()) return fail(Why::Binding, "channel binding is supported here");
  } else {
    return fail(Why::Malformed, "the message must begin with a channel binding flag");
  }
  const std::string_view authorization = takeItem(rest);
  if (!authorization.empty()) {
    const auto name = authorization.starts_with("a=") ? decodeName(authorization.substr(2)) : std::nullopt;
    if (!name) return fail(Why::Malformed, "malformed authorization identity");
    authorizationId_ = *name;
  }
  gs2Header_ = message.substr(0, message.size() - rest.size());
  firstBare_ = rest;
  const std::string_view user = takeItem(rest);
  if (user.starts_with("m=")) return fail(Why::Malformed, "unknown mandatory extension");
  const auto name = user.starts_with("n=") ? decodeName(user.substr(2)) : std::nullopt;
  if (!name) return fail(Why::Malformed, "malformed user name");
  user_ = *name;
  const std::string_view nonce = takeItem(rest);
  if (!nonce.starts_with("r=") || !isNonce(nonce.substr(2))) return fail(Why::Malformed, "malformed nonce");
  nonce_ = std::string(nonce.substr(2)) + serverNonce_;
  auto verifier = lookup_(user_);
  if (!verifier) return fail(Why::Unavailable, "logging in is not possible now");
  verifier_ = std::move(*verifier);
  serverFirst_ = "r=" + nonce_ + ",s=" + encodeBase64(verifier_.salt) + ",i=" + std::to_string(verifier_.iterations);
  wants_ = Wants::ClientFinal;
  return Challenge{serverFirst_};
}

Step Scram::clientFinal(std::string_view message) {
  using Why = Failure::Why;
  const std::size_t at = message.rfind(",p=");
  if (at == std::string_view::npos) return fail(Why::Malformed, "the message must end with a proof");
  const std::string_view withoutProof = message.substr(0, at);
  const auto proof = decodeBase64(message.substr(at + 3));
  if (!proof || proof->size() != verifier_.storedKey.size()) return fail(Why::Malformed, "malformed proof");
  std::string_view rest = withoutProof;
  const std::string_view channel = takeItem(rest);
  const auto bound = channel.starts_with("c=") ? decodeBase64(channel.substr(2))
                                               : Result<std::string>(Error{Kind::Invalid, "no channel binding"});
  if (!bound) return fail(Why::Malformed, "malformed channel binding");
  if (!equalSecret(*bound, gs2Header_ + bindingData_)) return fail(Why::Binding, "the channel binding does not match");
  if (takeItem(rest) != "r=" + nonce_) return fail(Why::Malformed, "the nonce does not match");

  const std::string authMessage = firstBare_ + "," + serverFirst_ + "," + std::string(withoutProof);
  std::string clientKey = hmac(hash_, verifier_.storedKey, authMessage);
  for (std::size_t i = 0; i < clientKey.size(); ++i) clientKey[i] = static_cast<char>(clientKey[i] ^ (*proof)[i]);
  if (!equalSecret(digest(hash_, clientKey), verifier_.storedKey)) {
    return fail(Why::Denied, "wrong user name or password");
  }
  wants_ = Wants::LastWord;
  return Challenge{"v=" + encodeBase64(hmac(hash_, verifier_.serverKey, authMessage))};
}

}  // namespace ph::sasl
