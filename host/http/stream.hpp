// A response that goes on after its handler returned: server-sent events, a WebSocket. Costs no thread.
//
// Guarantees: what is sent goes out in its order; who takes too little is cut off, never waited for. Messages are given
// one at a time, in order, on the hook pool; ended is told once, after the last of them, and nothing comes after it.
// Threads: send() and close() any; feed(), beat() and gone() the session's.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "http/exchange.hpp"
#include "http/parser/websocket.hpp"
#include "http/router.hpp"
#include "jobs/pool.hpp"
#include "ph/result.hpp"

namespace posthouse::http {

class Stream : public std::enable_shared_from_this<Stream> {
 public:
  static constexpr size_t kMaxInbox = 64 * 1024;  // beyond that the client is not read
  struct Events {
    std::function<void(bool binary, std::string_view data)> message;
    std::function<void()> ended;
  };

  // `done`: after ended was told.
  Stream(std::shared_ptr<Exchange> exchange, const void* owner, jobs::Pool& pool, bool webSocket, Events events,
         std::function<void(Stream*)> done);

  // A message; of a WebSocket, text must be UTF-8. Limit: the client takes too little, the stream is over; Cancelled:
  // it is over; Invalid.
  ph::Status send(std::string_view data, bool binary);
  // The last words. A WebSocket's code is told to the client.
  void close(uint16_t code);

  bool webSocket() const { return webSocket_; }
  const void* owner() const { return owner_; }
  // Breaks it off: the session ends it soon.
  void cancel();

  // --- the session's -------------------------------------------------------------------------------------------------

  // Takes what the client sent. Returns how much of it.
  size_t feed(std::string_view input);
  bool takesInput() const;
  void beat();  // keeps the way open, and finds out whether it is
  void gone();  // the connection has no more to do with it

 private:
  void push(WebSocketReader::Item item);
  void work();
  void start();

  const std::weak_ptr<Exchange> exchange_;
  const void* const owner_;
  jobs::Pool& pool_;
  const bool webSocket_;
  const Events events_;
  const std::function<void(Stream*)> done_;
  WebSocketReader reader_;  // the session's
  mutable std::mutex mutex_;
  std::deque<WebSocketReader::Item> inbox_;
  size_t held_ = 0;
  bool running_ = false;
  bool closing_ = false;
  bool gone_ = false;
  bool told_ = false;
};

}  // namespace posthouse::http
