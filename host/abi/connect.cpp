#include "ph/draft/host/connect.h"

#include "abi/tables.hpp"
#include "net/outgoing.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

ph_status open(const ph_host* host, const ph_connect_to* to, const ph_client* client, uint64_t* id) {
  constexpr uint32_t kNeeded = offsetof(ph_client, closed) + sizeof(client->closed);
  if (client->size < kNeeded || !client->opened || !client->run || !client->closed) return PH_E_INVALID;
  auto wanted = net::ConnectTo::from(*to);
  if (!wanted) return static_cast<ph_status>(wanted.error().kind);
  const auto opened = plugin::Instance::of(host)->outgoings().open(std::move(*wanted), *client);
  if (!opened) return static_cast<ph_status>(opened.error().kind);
  *id = *opened;
  return PH_OK;
}

}  // namespace

const void* connectTable() {
  static const ph_connect table = {sizeof(ph_connect), 0, open};
  return &table;
}

}  // namespace posthouse::abi
