// A complete server on loopback for trying out and for tests: configuration, certificate and one account, made on the
// first start.
#pragma once

#include <string>
#include <utility>

#include "ph/result.hpp"

namespace posthouse::setup {

struct LocalserveOptions {
  std::string folder;
  std::string ip = "127.0.0.1";
  int portOffset = 0;
  bool freePorts = false;  // whatever ports are free, others at each start
  bool pedantic = false;   // refuse messages that break a standard
};

inline constexpr const char* kLocalAddress = "you@localhost";
inline constexpr const char* kLocalPassword = "posthouse";

// ~/.local/state/posthouse-localserve, or below $XDG_STATE_HOME.
std::string localserveFolder();

// Makes what is missing in the folder; answers the configuration file. Existing files stay as they are.
ph::Result<std::string> prepareLocalserve(const LocalserveOptions& options);

// An empty folder of its own below $TMPDIR or /tmp, that is gone when this object is.
class TemporaryFolder {
 public:
  static ph::Result<TemporaryFolder> make();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~TemporaryFolder();
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace posthouse::setup
