// AUTH towards a smarthost. RFC 4954 4, RFC 4422 3.
#include <algorithm>
#include <random>
#include <sstream>

#include "client/dialogue.hpp"
#include "client/timeouts.hpp"
#include "ph/sasl/base64.hpp"

namespace ph_smtp::client {

namespace {

// Best first. Those that send the password itself must be asked for, and are for verified servers only.
constexpr const char* kMechanisms = "SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 CRAM-MD5";
constexpr size_t kMaxCommandLine = 510;  // without CRLF

std::string newNonce() {
  std::random_device random;
  std::string bytes;
  for (int i = 0; i < 6; ++i) {
    const unsigned r = random();
    bytes.append(reinterpret_cast<const char*>(&r), sizeof r);
  }
  return ph::sasl::encodeBase64(bytes);
}

bool offered(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::string toLine(std::string_view response) {
  return response.empty() ? "=" : ph::sasl::encodeBase64(response);
}

}  // namespace

ph::Next Dialogue::loginFailed(Outcome why) {
  // Wrong credentials are the admin's to repair: until then the mail waits.
  why.outcome = PH_DELIVERY_TEMPORARY;
  why.flags |= PH_ATTEMPT_LOCAL;
  return fail({Ending::Kind::Failed, std::move(why), false, true});
}

// In the middle of an exchange only "*" ends it, RFC 4954 4.
ph::Next Dialogue::abandonLogin(std::string_view enhanced, std::string text) {
  loginTrouble_ = here(localTrouble(enhanced, std::move(text)));
  return say("*", {&Dialogue::onAbandoned, kCommandMs, "AUTH"});
}

ph::Next Dialogue::onAbandoned(const Reply&, size_t) {
  return loginFailed(loginTrouble_);
}

ph::Next Dialogue::logIn() {
  const ph_destination& to = sending_->destination();
  const std::string wanted = to.mechanisms.len ? std::string(ph::view(to.mechanisms)) : kMechanisms;
  std::istringstream names(wanted);
  for (std::string name; names >> name;) {
    if (!offered(offers_.mechanisms, name)) continue;
    if (ph::sasl::sendsPassword(name) && !verified_) continue;
    ph::sasl::ClientLogin login{std::string(ph::view(to.username)), std::string(ph::view(to.password)), {}, false, {}};
    if (tlsActive_) login.bindings = {channelBinding("tls-exporter"), channelBinding("tls-server-end-point")};
    login.plusOffered = std::any_of(offers_.mechanisms.begin(), offers_.mechanisms.end(),
                                    [](const auto& m) { return m.ends_with("-PLUS"); });
    login.nonce = newNonce();
    login_ = ph::sasl::makeClient(name, std::move(login));
    if (!login_) continue;
    const auto first = login_->first();
    std::string line = "AUTH " + name;
    // RFC 4954 4: what is too long for a command line waits for the server's empty challenge.
    firstSent_ = !first || line.size() + 1 + toLine(*first).size() <= kMaxCommandLine;
    if (first && firstSent_) line += ' ' + toLine(*first);
    return say(std::move(line), {&Dialogue::onAuth, kCommandMs, "AUTH"});
  }
  return loginFailed(here(localTrouble("4.7.9", "the server offers no way to log in that may be used here")));
}

ph::Next Dialogue::onAuth(const Reply& reply, size_t) {
  if (reply.positive()) {
    if (login_->satisfied()) return beginMail();
    return loginFailed(here(localTrouble("4.7.8", "the server did not prove that it knows the login")));
  }
  if (reply.code != 334) return loginFailed(outcome(reply));
  if (!firstSent_) {
    firstSent_ = true;
    return say(ph::sasl::encodeBase64(*login_->first()), {&Dialogue::onAuth, kCommandMs, "AUTH"});
  }
  const auto challenge = ph::sasl::decodeBase64(reply.lines.back());
  if (!challenge) return abandonLogin("4.5.0", "the server's challenge is not base64");
  challenge_ = *challenge;
  return work(
      ph::Pool::Crypto, [this] { response_ = login_->respond(challenge_); }, &Dialogue::onChallenge);
}

ph::Next Dialogue::onChallenge() {
  const auto response = std::exchange(response_, std::nullopt);
  if (!response || !*response) {
    const std::string text = response ? response->error().text : "the password could not be prepared";
    return abandonLogin("4.7.8", "login: " + text);
  }
  return say(ph::sasl::encodeBase64(**response), {&Dialogue::onAuth, kCommandMs, "AUTH"});
}

}  // namespace ph_smtp::client
