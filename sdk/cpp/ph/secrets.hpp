// Small byte strings that nobody else may read, kept by the host: keys, tokens.
// Threads: workers and the control thread, many at once.
#pragma once

#include <ph/draft/host/secrets.h>

#include <string>
#include <string_view>
#include <vector>

#include "ph/host.hpp"
#include "ph/result.hpp"
#include "ph/text.hpp"

namespace ph {

class Secrets {
 public:
  explicit Secrets(const Host& host) : host_(host), api_(host.get<ph_secrets>(PH_IF_SECRETS)) {}

  bool offered() const { return api_ != nullptr; }
  // NotFound: there is none of that name.
  Result<std::string> get(std::string_view name) const {
    std::string out;
    if (!api_) return missing();
    if (auto s = toStatus(api_->get(host_.raw(), str(name), stringSink(out)), told(name)); !s) return s.error();
    return out;
  }
  Status set(std::string_view name, std::string_view value) const {
    return api_ ? toStatus(api_->set(host_.raw(), str(name), str(value)), told(name)) : Status(missing());
  }
  // The one of that name; when there is none, `size` random bytes from now on.
  Result<std::string> obtain(std::string_view name, size_t size) const {
    std::string out;
    if (!api_) return missing();
    if (auto s = toStatus(api_->obtain(host_.raw(), str(name), size, stringSink(out)), told(name)); !s)
      return s.error();
    return out;
  }
  Status remove(std::string_view name) const {
    return api_ ? toStatus(api_->remove(host_.raw(), str(name)), told(name)) : Status(missing());
  }
  Result<std::vector<std::string>> list() const {
    std::vector<std::string> out;
    if (!api_) return missing();
    const ph_sink sink{&out, [](void* ctx, const void* data, size_t size) -> ph_status {
                         static_cast<std::vector<std::string>*>(ctx)->emplace_back(static_cast<const char*>(data),
                                                                                   size);
                         return PH_OK;
                       }};
    if (auto s = toStatus(api_->list(host_.raw(), sink), "the secrets"); !s) return s.error();
    return out;
  }

 private:
  static Error missing() { return {Kind::Unavailable, "this host keeps no secrets"}; }
  static std::string told(std::string_view name) { return "the secret '" + std::string(name) + "'"; }

  const Host& host_;
  const ph_secrets* api_;
};

}  // namespace ph
