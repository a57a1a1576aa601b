// Which addresses were tried before, told from one attempt to the next: greylisting knows a client by its address, and
// a server that dislikes one of our addresses may like the other one.
// Guarantees: any text can be parsed; what str() gives has at most 1 KiB. Threads: a value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ph_smtp::client {

struct Addresses {
  std::vector<std::string> ipv4;
  std::vector<std::string> ipv6;
  bool dualStack() const { return !ipv4.empty() && !ipv6.empty(); }
};

class Hint {
 public:
  explicit Hint(std::string_view text);

  // The order to try them in: the family that was not used last (IPv4 at first), in each the address that was.
  std::vector<std::string> order(std::string_view host, const Addresses& addresses) const;
  void used(std::string_view host, std::string_view ip);
  std::string str() const;

 private:
  struct Entry {
    std::string host, ipv4, ipv6;
    bool lastIpv6 = false;
  };
  std::vector<Entry> entries_;  // the last used first
};

}  // namespace ph_smtp::client
