// A complete server on loopback for trying out and for tests: configuration, certificate and one account, made on the
// first start.
#pragma once

#include <string>

#include "ph/result.hpp"

namespace posthouse::setup {

struct LocalserveOptions {
  std::string folder;
  std::string ip = "127.0.0.1";
  int portOffset = 0;
  bool noLimits = false;
};

inline constexpr const char* kLocalAddress = "you@localhost";
inline constexpr const char* kLocalPassword = "posthouse";

// ~/.local/state/posthouse-localserve, or below $XDG_STATE_HOME.
std::string localserveFolder();

// Makes what is missing in the folder; answers the configuration file. Existing files stay as they are.
ph::Result<std::string> prepareLocalserve(const LocalserveOptions& options);

}  // namespace posthouse::setup
