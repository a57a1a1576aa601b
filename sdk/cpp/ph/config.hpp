// Typed reading of a plugin's configuration. The schema in the manifest gave every key its type and default, so a
// missing value here is a mistake in the plugin: the fallback is returned.
#pragma once

#include <string>
#include <vector>

#include "ph/host.hpp"

namespace ph {

class Config {
 public:
  Config(const Host& host, const ph_config* raw) : api_(host.config), raw_(raw) {}

  std::string string(const char* path, std::string fallback = {}) const {
    ph_str s{};
    return api_->get_string(raw_, path, &s) == PH_OK ? std::string(view(s)) : fallback;
  }
  int64_t integer(const char* path, int64_t fallback = 0) const {
    int64_t v = 0;
    return api_->get_int(raw_, path, &v) == PH_OK ? v : fallback;
  }
  bool boolean(const char* path, bool fallback = false) const {
    int32_t v = 0;
    return api_->get_bool(raw_, path, &v) == PH_OK ? v != 0 : fallback;
  }
  // Milliseconds.
  int64_t duration(const char* path, int64_t fallback = 0) const {
    int64_t v = 0;
    return api_->get_duration(raw_, path, &v) == PH_OK ? v : fallback;
  }
  // Bytes.
  uint64_t size(const char* path, uint64_t fallback = 0) const {
    uint64_t v = 0;
    return api_->get_size(raw_, path, &v) == PH_OK ? v : fallback;
  }
  std::vector<std::string> list(const char* path) const {
    std::vector<std::string> out;
    size_t n = 0;
    if (api_->list_size(raw_, path, &n) != PH_OK) return out;
    for (size_t i = 0; i < n; ++i) {
      ph_str s{};
      if (api_->list_string(raw_, path, i, &s) == PH_OK) out.emplace_back(view(s));
    }
    return out;
  }

 private:
  const ph_config_api* api_;
  const ph_config* raw_;
};

}  // namespace ph
