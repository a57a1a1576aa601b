#include "ph/draft/host/accounts.h"

#include "abi/tables.hpp"
#include "accounts/accounts.hpp"
#include "events/event_log.hpp"
#include "log/log.hpp"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

using plugin::Instance;
const log::Log kLog("accounts");

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
  return PH_OK;
}

ph_status authenticate(const ph_host* host, ph_str user, ph_str password, ph_str remoteIp, ph_login* out) {
  *out = ph::sized<ph_login>();
  auto& core = Instance::of(host)->core();
  const auto& plugin = Instance::of(host)->manifest().id;
  const auto account = core.accounts->authenticate(ph::view(user), ph::view(password));
  if (account) {
    copyText(out->account, *account);
    kLog.info("login", {{"plugin", plugin}, {"account", *account}, {"remote", ph::view(remoteIp)}});
    return PH_OK;
  }
  copyText(out->text, account.error().text);
  if (account.error().kind == ph::Kind::Denied) {
    // The wording and remote= are what log watchers such as fail2ban look for.
    kLog.info("failed authentication attempt",
              {{"plugin", plugin}, {"user", ph::view(user)}, {"remote", ph::view(remoteIp)}});
    core.events->publish("login.failed", "", "{}");
  }
  return static_cast<ph_status>(account.error().kind);
}

ph_status maySendAs(const ph_host* host, ph_str account, ph_str localpart, ph_str domain) {
  const auto directory = Instance::of(host)->core().accounts->directory();
  return directory->mayUse(ph::view(account), ph::view(localpart), ph::view(domain)) ? PH_OK : PH_E_DENIED;
}

}  // namespace

const void* accountsTable() {
  static const ph_accounts table = {sizeof(ph_accounts), 0, resolve, authenticate, maySendAs};
  return &table;
}

}  // namespace posthouse::abi
