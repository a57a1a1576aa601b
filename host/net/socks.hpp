// Asking a SOCKS 5 proxy for a connection, without authentication. RFC 1928. Pure: bytes in, bytes out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace posthouse::net {

class SocksDialogue {
 public:
  // `host`: an IP address, or a name that the proxy looks up; at most 255 octets.
  SocksDialogue(std::string_view host, uint16_t port);

  enum class State { More, Done, Failed };
  std::string_view greeting() const;  // to be sent first
  // Takes what came; `*consumed` of it is used up, `*reply` is to be sent. Bytes behind Done are the peer's.
  State take(std::string_view input, size_t* consumed, std::string* reply);
  const std::string& error() const { return error_; }

 private:
  State fail(std::string why);
  std::string request_;
  std::string error_;
  bool greeted_ = false;
};

}  // namespace posthouse::net
