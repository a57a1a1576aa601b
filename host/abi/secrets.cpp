#include "ph/draft/host/secrets.h"

#include <openssl/crypto.h>

#include "abi/tables.hpp"
#include "ph/text.hpp"
#include "plugin/data.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

using plugin::Instance;

const std::string& idOf(const ph_host* host) {
  return Instance::of(host)->manifest().id;
}
plugin::PluginData* dataOf(const ph_host* host) {
  return Instance::of(host)->core().data;
}

ph_status give(ph::Result<std::string> value, ph_sink sink) {
  if (!value) return static_cast<ph_status>(value.error().kind);
  const ph_status s = sink.write(sink.ctx, value->data(), value->size());
  OPENSSL_cleanse(value->data(), value->size());
  return s;
}

ph_status get(const ph_host* host, ph_str name, ph_sink sink) {
  if (!dataOf(host)) return PH_E_UNAVAILABLE;
  return give(dataOf(host)->secret(idOf(host), ph::view(name)), sink);
}

ph_status set(const ph_host* host, ph_str name, ph_str value) {
  if (!dataOf(host)) return PH_E_UNAVAILABLE;
  return ph::fromStatus(dataOf(host)->setSecret(idOf(host), ph::view(name), ph::view(value)));
}

ph_status obtain(const ph_host* host, ph_str name, size_t size, ph_sink sink) {
  if (!dataOf(host)) return PH_E_UNAVAILABLE;
  return give(dataOf(host)->obtainSecret(idOf(host), ph::view(name), size), sink);
}

ph_status remove(const ph_host* host, ph_str name) {
  if (!dataOf(host)) return PH_E_UNAVAILABLE;
  return ph::fromStatus(dataOf(host)->removeSecret(idOf(host), ph::view(name)));
}

ph_status list(const ph_host* host, ph_sink sink) {
  if (!dataOf(host)) return PH_E_UNAVAILABLE;
  const auto names = dataOf(host)->secrets(idOf(host));
  if (!names) return static_cast<ph_status>(names.error().kind);
  for (const auto& n : *names) {
    if (const ph_status s = sink.write(sink.ctx, n.data(), n.size()); s != PH_OK) return s;
  }
  return PH_OK;
}

}  // namespace

const void* secretsTable() {
  static const ph_secrets table = {sizeof(ph_secrets), 0, get, set, obtain, remove, list};
  return &table;
}

}  // namespace posthouse::abi
