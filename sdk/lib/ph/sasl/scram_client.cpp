#include "ph/sasl/scram_client.hpp"

#include <openssl/crypto.h>

#include <charconv>

#include "ph/sasl/base64.hpp"
#include "ph/sasl/opaque_string.hpp"
#include "ph/sasl/scram_keys.hpp"

namespace ph::sasl {

namespace {

std::string encodeName(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == ',') {
      out += "=2C";
    } else if (c == '=') {
      out += "=3D";
    } else {
      out += c;
    }
  }
  return out;
}

// The value of "x=value" at the start of `rest`, which is moved past it and its comma.
std::optional<std::string_view> takeValue(std::string_view& rest, char key) {
  const std::size_t comma = rest.find(',');
  const std::string_view item = rest.substr(0, comma);
  rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  if (item.size() < 2 || item[0] != key || item[1] != '=') return std::nullopt;
  return item.substr(2);
}

Error invalid(const char* text) {
  return {Kind::Invalid, text};
}

}  // namespace

ScramClient::ScramClient(ScramHash hash, bool plus, ClientLogin login) : hash_(hash), login_(std::move(login)) {
  const ScramBindings& b = login_.bindings;
  if (plus) {
    gs2Header_ = b.exporter.empty() ? "p=tls-server-end-point,," : "p=tls-exporter,,";
    bindingData_ = b.exporter.empty() ? b.endPoint : b.exporter;
  } else {
    // RFC 5802 6: "y" says that we could bind and saw no -PLUS, so that a server that offered one notices.
    gs2Header_ = b.any() && !login_.plusOffered ? "y,," : "n,,";
  }
  firstBare_ = "n=" + encodeName(login_.user) + ",r=" + login_.nonce;
}

std::optional<std::string> ScramClient::first() {
  return gs2Header_ + firstBare_;
}

Result<std::string> ScramClient::respond(std::string_view challenge) {
  const Expects expects = std::exchange(expects_, Expects::Never);
  if (expects == Expects::ServerFirst) return serverFirst(challenge);
  if (expects == Expects::ServerFinal) return serverFinal(challenge);
  return invalid("the server asks for more than the mechanism has");
}

// server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions] (RFC 5802 7).
Result<std::string> ScramClient::serverFirst(std::string_view message) {
  std::string_view rest = message;
  if (rest.starts_with("m=")) return invalid("the server wants an unknown extension");
  const auto nonce = takeValue(rest, 'r');
  if (!nonce || !nonce->starts_with(login_.nonce) || nonce->size() == login_.nonce.size()) {
    return Error{Kind::Denied, "the server's nonce does not go on from ours"};
  }
  const auto saltText = takeValue(rest, 's');
  const auto salt = saltText ? decodeBase64(*saltText) : Result<std::string>(invalid("no salt"));
  const auto count = takeValue(rest, 'i');
  if (!salt || salt->empty() || !count) return invalid("malformed challenge");
  unsigned iterations = 0;
  const auto [end, error] = std::from_chars(count->data(), count->data() + count->size(), iterations);
  if (error != std::errc() || end != count->data() + count->size() || iterations == 0) {
    return invalid("malformed iteration count");
  }
  if (iterations > kMaxScramIterations) return invalid("the server asks for too many iterations");

  // RFC 5802 5.1 asks for normalisation; what has no normal form is taken as it is.
  std::string salted =
      saltPassword(hash_, prepareOpaqueString(login_.password).valueOr(login_.password), *salt, iterations);
  const std::string withoutProof = "c=" + encodeBase64(gs2Header_ + bindingData_) + ",r=" + std::string(*nonce);
  const std::string authMessage = firstBare_ + "," + std::string(message) + "," + withoutProof;
  std::string proof = hmac(hash_, salted, "Client Key");
  const std::string signature = hmac(hash_, digest(hash_, proof), authMessage);
  for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = static_cast<char>(proof[i] ^ signature[i]);
  serverSignature_ = hmac(hash_, hmac(hash_, salted, "Server Key"), authMessage);
  OPENSSL_cleanse(salted.data(), salted.size());
  expects_ = Expects::ServerFinal;
  return withoutProof + ",p=" + encodeBase64(proof);
}

// server-final-message = (server-error / verifier) ["," extensions]
Result<std::string> ScramClient::serverFinal(std::string_view message) {
  std::string_view rest = message;
  if (message.starts_with("e=")) return Error{Kind::Denied, "the server refuses the login"};
  const auto text = takeValue(rest, 'v');
  const auto signature = text ? decodeBase64(*text) : Result<std::string>(invalid("no signature"));
  if (!signature) return invalid("malformed signature of the server");
  if (!equalSecret(*signature, serverSignature_)) {
    return Error{Kind::Denied, "the server does not know the password's verifier"};
  }
  expects_ = Expects::Nothing;
  return std::string();
}

}  // namespace ph::sasl
