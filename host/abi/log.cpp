#include "ph/draft/host/log.h"

#include <vector>

#include "abi/tables.hpp"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

using plugin::Instance;

int32_t enabled(const ph_host* host, int32_t level) {
  return level >= PH_LOG_ERROR && level <= PH_LOG_TRACE &&
         Instance::of(host)->log().wanted(static_cast<log::Level>(level));
}

void write(const ph_host* host, int32_t level, uint64_t session, ph_str text, const ph_field* fields, size_t count) {
  if (!enabled(host, level)) return;
  std::vector<log::Field> list;
  list.reserve(count + 1);
  const std::string cid = std::to_string(session);
  list.push_back({"cid", cid});
  for (size_t i = 0; i < count; ++i) list.push_back({ph::view(fields[i].key), ph::view(fields[i].value)});
  Instance::of(host)->log().write(static_cast<log::Level>(level), ph::view(text), list.data(), list.size());
}

}  // namespace

const void* logTable() {
  static const ph_log table = {sizeof(ph_log), 0, enabled, write};
  return &table;
}

}  // namespace posthouse::abi
