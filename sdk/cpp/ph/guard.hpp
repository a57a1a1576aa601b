// Stops every exception inside the plugin: none may cross the border, whatever the plugin was linked with.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "ph/host.hpp"

namespace ph {

// Runs `f`; when it throws, logs where and what, and answers `onFailure`. Also works without a host.
template <class R, class F>
R guard(const Host* host, const char* where, R onFailure, F&& f) noexcept {
  try {
    return std::forward<F>(f)();
  } catch (const std::exception& e) {
    try {
      if (host) host->error(std::string("exception stopped in ") + where, {{"what", e.what()}});
    } catch (...) {  // logging itself failed; nothing more can be said
    }
  } catch (...) {
    try {
      if (host) host->error(std::string("exception of unknown type stopped in ") + where);
    } catch (...) {
    }
  }
  return onFailure;
}

template <class F>
void guardVoid(const Host* host, const char* where, F&& f) noexcept {
  guard(host, where, 0, [&] {
    f();
    return 0;
  });
}

}  // namespace ph
