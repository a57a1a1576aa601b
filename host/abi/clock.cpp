#include "ph/draft/host/clock.h"

#include <chrono>
#include <ctime>

#include "abi/tables.hpp"

namespace posthouse::abi {
namespace {

template <class Clock>
int64_t nowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch()).count();
}

int64_t wallMs(const ph_host*) {
  return nowMs<std::chrono::system_clock>();
}
uint64_t monotonicMs(const ph_host*) {
  return static_cast<uint64_t>(nowMs<std::chrono::steady_clock>());
}

int32_t zoneMinutes(const ph_host*, int64_t seconds) {
  const auto t = static_cast<time_t>(seconds);
  tm local{};
  return localtime_r(&t, &local) ? static_cast<int32_t>(local.tm_gmtoff / 60) : 0;
}

}  // namespace

const void* clockTable() {
  static const ph_clock table = {sizeof(ph_clock), 0, wallMs, monotonicMs, zoneMinutes};
  return &table;
}

}  // namespace posthouse::abi
