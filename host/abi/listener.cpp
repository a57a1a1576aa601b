#include "abi/tables.hpp"
#include "ph/draft/host/session.h"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

ph_status offer(const ph_host* host, const ph_protocol* protocol) {
  return protocol ? plugin::Instance::of(host)->addProtocol(*protocol) : PH_E_INVALID;
}

}  // namespace

const void* listenerTable() {
  static const ph_listener table = {sizeof(ph_listener), 0, offer};
  return &table;
}

}  // namespace posthouse::abi
