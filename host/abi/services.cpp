#include "plugin/services.hpp"

#include "abi/tables.hpp"
#include "ph/draft/host/services.h"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

using plugin::Instance;

ph_status offer(const ph_host* host, ph_str id, const void* table) {
  auto* i = Instance::of(host);
  return i->core().services->offer(i, ph::view(id), table);
}

ph_status acquire(const ph_host* host, ph_str id, const void** table, ph_lease** lease) {
  return Instance::of(host)->core().services->acquire(ph::view(id), table, reinterpret_cast<void**>(lease));
}

void release(const ph_host* host, ph_lease* lease) {
  Instance::of(host)->core().services->release(lease);
}

}  // namespace

const void* servicesTable() {
  static const ph_services table = {sizeof(ph_services), 0, offer, acquire, release};
  return &table;
}

}  // namespace posthouse::abi
