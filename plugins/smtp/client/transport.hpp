// The transport "smtp": takes attempts from the host and keeps them until they are over.
// Threads: any. RFC 5321, RFC 2033.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "client/sending.hpp"

namespace ph_smtp::client {

class Transport {
 public:
  explicit Transport(const ph::Host& host);

  // Call in Plugin::start. A host without ph.transport/1 sends nothing: no error.
  ph::Status offer();
  // Ends all attempts; waits for them, at most `ms`.
  void drain(uint32_t ms);

 private:
  ph::Status begin(ph::Attempt attempt);
  void cancel(ph_attempt* attempt);
  void forget(ph_attempt* attempt);
  void ended();

  const ph::Host& host_;
  std::unique_ptr<const Means> means_;
  ph::TransportOffer offer_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::map<ph_attempt*, std::shared_ptr<Sending>> attempts_;
  size_t busy_ = 0;  // attempts whose end() has not returned
  bool draining_ = false;
};

}  // namespace ph_smtp::client
