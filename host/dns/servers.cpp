#include "dns/servers.hpp"

#include <algorithm>
#include <numeric>

namespace posthouse::dns {
namespace {

constexpr unsigned kMaxDoublings = 6;  // about a minute

}  // namespace

bool isLoopback(const net::Address& address) {
  const auto b = address.bytes();
  if (address.family() == AF_INET) return b[12] == 127;
  static constexpr std::array<uint8_t, 16> kOne = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  static constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return b == kOne || (std::equal(kMapped.begin(), kMapped.end(), b.begin()) && b[12] == 127);
}

std::vector<size_t> Servers::order(Time now) const {
  std::vector<size_t> out(all_.size());
  std::iota(out.begin(), out.end(), size_t{0});
  std::lock_guard lock(mutex_);
  std::stable_partition(out.begin(), out.end(), [&](size_t i) { return health_[i].lastUntil <= now; });
  return out;
}

void Servers::succeeded(size_t server) {
  std::lock_guard lock(mutex_);
  health_[server] = {};
}

void Servers::failed(size_t server, Time now) {
  std::lock_guard lock(mutex_);
  Health& h = health_[server];
  if (h.lastUntil > now) return;  // others that waited at the same time
  h.lastUntil = now + std::chrono::seconds(1u << std::min(h.failures, kMaxDoublings));
  ++h.failures;
}

}  // namespace posthouse::dns
