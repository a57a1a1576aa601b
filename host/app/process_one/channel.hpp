// One end of the socket pair between process one and the worker: whole messages, with a descriptor where one is
// granted. Threads: one at a time.
#pragma once

#include <utility>

#include "app/process_one/message.hpp"
#include "base/descriptor.hpp"
#include "ph/result.hpp"

namespace posthouse::app {

class Channel {
 public:
  struct Received {
    enum class What { Message, Nothing, Ended, Garbage };
    What what = What::Nothing;
    Message message;
    Descriptor descriptor;
  };

  Channel() = default;
  explicit Channel(Descriptor socket) : socket_(std::move(socket)) {}
  static ph::Result<std::pair<Channel, Channel>> pair();

  int fd() const { return socket_.get(); }
  void close() { socket_.reset(); }
  // Waits for nobody: an error when the other end is gone or does not read.
  ph::Status send(const Message& message, int descriptor = -1) const;
  // Descriptors that come uninvited are closed.
  Received receive(bool wait, bool takeDescriptor) const;

 private:
  Descriptor socket_;
};

}  // namespace posthouse::app
