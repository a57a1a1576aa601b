#include "ph/draft/host/accounts.h"

#include "abi/tables.hpp"
#include "accounts/login.hpp"
#include "events/event_log.hpp"
#include "net/connection.hpp"
#include "net/listener.hpp"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

struct ph_auth {
  const posthouse::plugin::Instance* plugin = nullptr;
  posthouse::accounts::Peer peer;
  std::unique_ptr<posthouse::accounts::Login> login;  // null: by password
};

namespace posthouse::abi {
namespace {

using plugin::Instance;

template <size_t N>
void copyText(char (&to)[N], std::string_view text) {
  const size_t n = text.copy(to, N - 1);
  to[n] = '\0';
}

ph_status resolve(const ph_host* host, ph_str localpart, ph_str domain, ph_address_info* out) {
  const auto directory = Instance::of(host)->core().accounts->directory();
  const auto r = directory->resolve(ph::view(localpart), ph::view(domain));
  if (!r) return PH_E_INVALID;
  *out = ph::sized<ph_address_info>();
  out->kind = static_cast<int32_t>(r->kind);
  copyText(out->account, r->account);
  copyText(out->canonical, r->canonical);
  out->code = r->code;
  copyText(out->text, r->text);
  return PH_OK;
}

accounts::Peer peerOf(ph_session* session) {
  const net::Session& c = *session->session;
  accounts::Peer peer;
  if (const auto* options = c.listenerOptions()) {
    peer.protocol = options->protocol;
    peer.plaintextAllowed = options->plaintextLogin;
  }
  peer.remoteIp = c.remoteIp();
  peer.localIp = c.localIp();
  peer.connection = c.id();
  if (const auto* tls = c.tls()) {
    peer.tls = tls->description();
    peer.bindings = {tls->exporterBinding(), tls->endPointBinding()};
    peer.fingerprint = tls->clientKeyFingerprint();
  }
  return peer;
}

ph_status finish(const Instance* plugin, const ph::Result<std::string>& account, ph_login* out) {
  *out = ph::sized<ph_login>();
  if (account) {
    copyText(out->account, *account);
    return PH_OK;
  }
  copyText(out->text, account.error().text);
  if (account.error().kind == ph::Kind::Denied) (void)plugin->core().events->publish("login.failed", "", "{}");
  return static_cast<ph_status>(account.error().kind);
}

ph_status mechanisms(const ph_host* host, ph_session* session, ph_sink sink) {
  std::string out;
  for (const auto& m : accounts::Login::mechanisms(*Instance::of(host)->core().accounts, peerOf(session))) {
    out += (out.empty() ? "" : " ") + m;
  }
  return sink.write(sink.ctx, out.data(), out.size());
}

ph_status certificate(const ph_host* host, ph_session* session, ph_login* out) {
  *out = ph::sized<ph_login>();
  bool preauth = false;
  const auto account =
      accounts::Login::certificateAccount(*Instance::of(host)->core().accounts, peerOf(session), &preauth);
  if (account.empty()) return PH_E_NOT_FOUND;
  copyText(out->account, account);
  out->preauth = preauth ? 1 : 0;
  return PH_OK;
}

ph_status loginBegin(const ph_host* host, ph_session* session, ph_str mechanism, ph_auth** out) {
  const auto* plugin = Instance::of(host);
  auto auth = std::make_unique<ph_auth>();
  auth->plugin = plugin;
  auth->peer = peerOf(session);
  if (ph::view(mechanism).empty()) {
    if (auth->peer.tls.empty() && !auth->peer.plaintextAllowed) return PH_E_DENIED;
  } else {
    auto login = accounts::Login::begin(*plugin->core().accounts, auth->peer, ph::view(mechanism));
    if (!login) return static_cast<ph_status>(login.error().kind);
    auth->login = std::move(*login);
  }
  *out = auth.release();
  return PH_OK;
}

ph_status loginStep(ph_auth* auth, const ph_str* response, ph_sink challenge, ph_login* out) {
  *out = ph::sized<ph_login>();
  if (!auth->login) return PH_E_INVALID;
  auto answer = auth->login->step(response ? std::optional(ph::view(*response)) : std::nullopt);
  if (!answer) return finish(auth->plugin, answer.error(), out);
  if (answer->over) return finish(auth->plugin, answer->account, out);
  const ph_status sent = challenge.write(challenge.ctx, answer->challenge.data(), answer->challenge.size());
  return sent == PH_OK ? 1 : sent;
}

ph_status loginPassword(ph_auth* auth, ph_str user, ph_str password, ph_login* out) {
  return finish(
      auth->plugin,
      accounts::Login::password(*auth->plugin->core().accounts, auth->peer, ph::view(user), ph::view(password)), out);
}

void loginEnd(ph_auth* auth, int32_t cancelled) {
  if (cancelled && auth->login) auth->login->cancelled();
  delete auth;
}

ph_status maySendAs(const ph_host* host, ph_str account, ph_str localpart, ph_str domain) {
  const auto directory = Instance::of(host)->core().accounts->directory();
  return directory->mayUse(ph::view(account), ph::view(localpart), ph::view(domain)) ? PH_OK : PH_E_DENIED;
}

}  // namespace

const void* accountsTable() {
  static const ph_accounts table = {sizeof(ph_accounts), 0,         resolve,       mechanisms, certificate,
                                    loginBegin,          loginStep, loginPassword, loginEnd,   maySendAs};
  return &table;
}

}  // namespace posthouse::abi
