#include "testkit/accounts.hpp"

#include <memory>

#include "ph/sasl/login.hpp"
#include "ph/sasl/plain.hpp"
#include "ph/sasl/scram.hpp"
#include "ph/text.hpp"
#include "ph/text/ascii.hpp"
#include "testkit/fake_host.hpp"

// The mechanisms PLAIN, LOGIN and SCRAM-SHA-256, with a nonce that never changes.
struct ph_auth {
  const ph::testkit::FakeHost* host = nullptr;
  std::unique_ptr<ph::sasl::Mechanism> mechanism;
};

namespace ph::testkit {

namespace {

ph_status resolve(const ph_host* raw, ph_str local, ph_str domain, ph_address_info* out) {
  const FakeHost& h = FakeHost::of(raw);
  std::string d = ph::text::toLower(view(domain));
  if (d.empty()) d = "mx.example";
  if (d == "impossible.") return PH_E_INVALID;
  const std::string address = ph::text::toLower(view(local)) + "@" + d;
  address.copy(out->canonical, sizeof out->canonical - 1);
  if (h.disabledDomains.contains(d)) {
    out->kind = PH_ADDRESS_DISABLED;
  } else if (const auto refused = h.refusedAddresses.find(address); refused != h.refusedAddresses.end()) {
    out->kind = PH_ADDRESS_REFUSED;
    out->code = refused->second.first;
    refused->second.second.copy(out->text, sizeof out->text - 1);
  } else if (h.aliases.contains(address)) {
    out->kind = PH_ADDRESS_ALIAS;
  } else if (const auto i = h.accounts.find(address); i != h.accounts.end()) {
    out->kind = PH_ADDRESS_ACCOUNT;
    i->second.copy(out->account, sizeof out->account - 1);
  } else {
    out->kind = h.domains.contains(d) ? PH_ADDRESS_UNKNOWN : PH_ADDRESS_FOREIGN;
  }
  return PH_OK;
}

bool mayLogIn(const ph_session* session) {
  return session->client->tlsActive || session->client->info.plaintext_login;
}

ph_status mechanisms(const ph_host*, ph_session* session, ph_sink sink) {
  constexpr std::string_view kAll = "SCRAM-SHA-256 PLAIN LOGIN";
  return mayLogIn(session) ? sink.write(sink.ctx, kAll.data(), kAll.size()) : PH_OK;
}

ph_status certificate(const ph_host* raw, ph_session*, ph_login* out) {
  const FakeHost& h = FakeHost::of(raw);
  if (h.certificateAccount.empty()) return PH_E_NOT_FOUND;
  h.certificateAccount.copy(out->account, sizeof out->account - 1);
  out->preauth = 1;
  return PH_OK;
}

ph_status loginBegin(const ph_host* raw, ph_session* session, ph_str mechanism, ph_auth** out) {
  const FakeHost& h = FakeHost::of(raw);
  const std::string name = ph::text::toLower(view(mechanism));
  auto auth = std::make_unique<ph_auth>();
  auth->host = &h;
  if (name == "plain") auth->mechanism = std::make_unique<sasl::Plain>();
  if (name == "login") auth->mechanism = std::make_unique<sasl::Login>();
  if (name == "scram-sha-256") {
    const auto lookup = [&h](std::string_view user) -> Result<sasl::ScramVerifier> {
      if (h.loginTemporary) return Error{Kind::Temporary, "told to fail"};
      const auto i = h.passwords.find(std::string(user));
      const std::string password = i == h.passwords.end() ? std::string("?") : i->second;
      return sasl::deriveScram(sasl::ScramHash::Sha256, password, "salt", 4096);
    };
    auth->mechanism =
        std::make_unique<sasl::Scram>(sasl::ScramHash::Sha256, false, sasl::ScramBindings{}, "nonce", lookup);
  }
  if (!auth->mechanism && !name.empty() && (name != "external" || h.certificateAccount.empty())) return PH_E_NOT_FOUND;
  if (!mayLogIn(session)) return PH_E_DENIED;
  *out = auth.release();
  return PH_OK;
}

ph_status check(const FakeHost& h, const std::string& user, std::string_view password, ph_login* out) {
  if (h.loginTemporary) return PH_E_TEMPORARY;
  const auto i = h.passwords.find(user);
  if (i == h.passwords.end() || i->second != password) {
    h.loginText.copy(out->text, sizeof out->text - 1);
    return PH_E_DENIED;
  }
  const auto account = h.accounts.find(i->first);
  (account == h.accounts.end() ? i->first : account->second).copy(out->account, sizeof out->account - 1);
  return PH_OK;
}

ph_status loginStep(ph_auth* auth, const ph_str* response, ph_sink challenge, ph_login* out) {
  if (!auth->mechanism) {
    auth->host->certificateAccount.copy(out->account, sizeof out->account - 1);
    return PH_OK;
  }
  const auto step = auth->mechanism->step(response ? std::optional(view(*response)) : std::nullopt);
  if (const auto* c = std::get_if<sasl::Challenge>(&step)) {
    challenge.write(challenge.ctx, c->bytes.data(), c->bytes.size());
    return 1;
  }
  if (const auto* p = std::get_if<sasl::PasswordLogin>(&step)) {
    const bool other = !p->authorizationId.empty() && p->authorizationId != p->authenticationId;
    return other ? PH_E_DENIED : check(*auth->host, p->authenticationId, p->password, out);
  }
  if (const auto* p = std::get_if<sasl::Proven>(&step)) {
    return check(*auth->host, p->authenticationId, auth->host->passwords.at(p->authenticationId), out);
  }
  const auto why = std::get<sasl::Failure>(step).why;
  using Why = sasl::Failure::Why;
  return why == Why::Malformed ? PH_E_INVALID : why == Why::Unavailable ? PH_E_TEMPORARY : PH_E_DENIED;
}

ph_status maySendAs(const ph_host* raw, ph_str account, ph_str local, ph_str domain) {
  auto found = ph::sized<ph_address_info>();
  resolve(raw, local, domain, &found);
  return found.kind == PH_ADDRESS_ACCOUNT && view(account) == found.account ? PH_OK : PH_E_DENIED;
}

}  // namespace

const ph_accounts& accountsTable() {
  static const ph_accounts table = [] {
    auto t = ph::sized<ph_accounts>();
    t.resolve = &resolve;
    t.mechanisms = &mechanisms;
    t.certificate = &certificate;
    t.login_begin = &loginBegin;
    t.login_step = &loginStep;
    t.login_password = [](ph_auth* auth, ph_str user, ph_str password, ph_login* out) {
      return check(*auth->host, std::string(view(user)), view(password), out);
    };
    t.login_end = [](ph_auth* auth, int32_t) { delete auth; };
    t.may_send_as = &maySendAs;
    return t;
  }();
  return table;
}

}  // namespace ph::testkit
