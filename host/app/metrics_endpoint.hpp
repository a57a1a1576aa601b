// GET /metrics on an address of its own: the server's numbers in Prometheus' text format, and nothing else of HTTP.
// Guarantees: one request per connection, its head within ten seconds, 16 connections; needs no pool, so that it
// answers when they are full. Threads: open and close on the main thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/listener.hpp"

namespace posthouse::app {

class MetricsEndpoint {
 public:
  MetricsEndpoint(net::Engine& engine, net::Certificates& certificates)
      : engine_(engine), certificates_(certificates) {}
  ~MetricsEndpoint();  // ends its connections

  ph::Status open(net::ListenSocket socket);
  // As bound; empty: it is not open.
  std::string address() const { return listener_ ? listener_->address().text() : std::string(); }

 private:
  net::Engine& engine_;
  net::Certificates& certificates_;
  std::shared_ptr<net::Listener> listener_;
};

// The answer to a request; nothing: more of it is to come.
std::optional<std::string> answerMetrics(std::string_view input);

}  // namespace posthouse::app
