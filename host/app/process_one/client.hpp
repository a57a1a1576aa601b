// The worker's side: what it asks of process one, and tells it. When process one is gone the worker is killed, so no
// answer needs no error of its own. Threads: one at a time.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "app/listening.hpp"
#include "app/process_one/channel.hpp"
#include "net/listen_socket.hpp"
#include "ph/result.hpp"

namespace posthouse::app {

class ProcessOne {
 public:
  // On the descriptor that startWorker() leaves; waits for the first message. Invalid: nobody started us so.
  static ph::Result<ProcessOne> attach();

  uint64_t restarts() const { return restarts_; }
  bool mayBeRoot() const { return mayBeRoot_; }
  // Plugins that crashed too many workers before this one.
  const std::set<std::string>& quarantined() const { return quarantined_; }
  int fd() const { return channel_.fd(); }

  // Listens on an address that the configuration has for `listener` (empty: metrics).
  ph::Result<net::ListenSocket> bind(const std::string& listener, const std::string& address) const;
  // The content of a certificate or key of the configuration.
  ph::Result<std::string> read(const std::string& path) const;

  void ready(const std::vector<Listening>& listening) const { tell({MessageType::Ready, toTexts(listening)}); }
  void reloading() const { tell({MessageType::Reloading, {}}); }
  void stopping() const { tell({MessageType::Stopping, {}}); }
  // The plugin is started although it is quarantined: it begins without guilt.
  void pardon(const std::string& plugin) const { tell({MessageType::Pardon, {plugin}}); }

 private:
  void tell(const Message& message) const;
  ph::Result<Descriptor> ask(const Message& message) const;

  Channel channel_;
  uint64_t restarts_ = 0;
  bool mayBeRoot_ = false;
  std::set<std::string> quarantined_;
};

}  // namespace posthouse::app
