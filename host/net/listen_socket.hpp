// A bound and listening socket that nobody accepts from yet: what can fail about a listener is over when one exists.
// Threads: a value, one thread at a time.
#pragma once

#include <chrono>

#include "net/address.hpp"
#include "ph/result.hpp"

namespace posthouse::net {

class ListenSocket {
 public:
  // `patience`: how long to try again while the address is still in use, as by a socket that is just being closed.
  static ph::Result<ListenSocket> bind(const Address& address, std::chrono::milliseconds patience = {});
  // Takes over a descriptor that listens already. Invalid: it does not.
  static ph::Result<ListenSocket> adopt(int fd);
  ListenSocket() = default;
  ~ListenSocket();
  ListenSocket(ListenSocket&& other) noexcept;
  ListenSocket& operator=(ListenSocket&& other) noexcept;

  int fd() const { return fd_; }
  const Address& address() const { return address_; }  // as bound
  // A second descriptor of the same socket: its backlog goes on whichever of the two is closed.
  ph::Result<ListenSocket> duplicate() const;
  // False: somebody shut it down.
  bool listening() const;
  // Stops listening now, for all duplicates; those in the backlog are refused. Any thread.
  void shutdown() const;

 private:
  ListenSocket(int fd, const Address& address) : fd_(fd), address_(address) {}
  int fd_ = -1;
  Address address_;
};

}  // namespace posthouse::net
