// Reads a PROXY header from a socket and not one byte more: what follows may be a TLS handshake.
// Threads: one at a time.
#pragma once

#include <string>

#include "net/proxy_header.hpp"

namespace posthouse::net {

class ProxyReader {
 public:
  // State::More: wait until the descriptor is readable. Invalid also when the other end closed.
  ProxyHeader read(int fd);
  // Nothing came yet: who ends here only looked whether somebody listens.
  bool silent() const { return header_.empty(); }

 private:
  std::string header_;
};

}  // namespace posthouse::net
