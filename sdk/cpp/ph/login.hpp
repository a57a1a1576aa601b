// A login that is going on: carries responses to the host and its challenges back.
// Guarantees: freed with the object; responses are overwritten after use. Threads: step() and password() on a worker,
// the rest on the session's thread.
#pragma once

#include <string.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ph/host.hpp"
#include "ph/result.hpp"
#include "ph/text.hpp"

namespace ph {

// Overwrites a secret.
inline void wipe(std::string& secret) {
  ::explicit_bzero(secret.data(), secret.size());
  secret.clear();
}

class Login {
 public:
  // `mechanism` empty: by password(). NotFound: no such mechanism, or not for this client; Denied: TLS first.
  static Result<Login> begin(const Host& host, ph_session* session, std::string_view mechanism) {
    ph_auth* raw = nullptr;
    const ph_status s = host.accounts->login_begin(host.raw(), session, str(mechanism), &raw);
    if (s != PH_OK) return Error{static_cast<Kind>(s), s == PH_E_DENIED ? "STARTTLS first" : "unknown mechanism"};
    return Login(host, raw);
  }
  Login(Login&& o) noexcept : api_(o.api_), raw_(std::exchange(o.raw_, nullptr)) {}
  Login& operator=(Login&& o) noexcept {
    std::swap(api_, o.api_);
    std::swap(raw_, o.raw_);
    return *this;
  }
  ~Login() { end(0); }

  struct Outcome {
    ph_status status = PH_E_TEMPORARY;  // 1: send `challenge`
    std::string challenge;
    std::string account;
    std::string text;  // on PH_E_DENIED: what the client is to be told, or empty
  };
  Outcome step(std::optional<std::string> response) {
    Outcome o;
    auto out = sized<ph_login>();
    const ph_str given = str(response ? std::string_view(*response) : std::string_view());
    o.status = api_->login_step(raw_, response ? &given : nullptr, stringSink(o.challenge), &out);
    if (response) wipe(*response);
    return filled(std::move(o), out);
  }
  Outcome password(std::string_view user, std::string_view password) {
    Outcome o;
    auto out = sized<ph_login>();
    o.status = api_->login_password(raw_, str(user), str(password), &out);
    return filled(std::move(o), out);
  }
  void cancel() { end(1); }

 private:
  Login(const Host& host, ph_auth* raw) : api_(host.accounts), raw_(raw) {}
  void end(int32_t cancelled) {
    if (raw_) api_->login_end(std::exchange(raw_, nullptr), cancelled);
  }
  static Outcome filled(Outcome o, const ph_login& out) {
    o.account = out.account;
    o.text = out.text;
    return o;
  }

  const ph_accounts* api_;
  ph_auth* raw_;
};

}  // namespace ph
