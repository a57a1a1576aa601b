#include "http/stream.hpp"

#include <exception>

#include "log/log.hpp"
#include "ph/text/utf8.hpp"

namespace posthouse::http {
namespace {

const log::Log kLog("http");
constexpr uint16_t kGoingAway = 1001;
constexpr size_t kItemCost = 64;

}  // namespace

Stream::Stream(std::shared_ptr<Exchange> exchange, const void* owner, jobs::Pool& pool, bool webSocket, Events events,
               std::function<void(Stream*)> done)
    : exchange_(exchange),
      owner_(owner),
      pool_(pool),
      webSocket_(webSocket),
      events_(std::move(events)),
      done_(std::move(done)) {}

ph::Status Stream::send(std::string_view data, bool binary) {
  const auto x = exchange_.lock();
  if (!x) return ph::Error{ph::Kind::Cancelled, "the stream is over"};
  if (!webSocket_) return x->push(data, false);
  if (!binary && !ph::text::isUtf8(data)) return ph::Error{ph::Kind::Invalid, "not UTF-8"};
  return x->push(webSocketFrame(binary ? kWebSocketBinary : kWebSocketText, data), false);
}

void Stream::close(uint16_t code) {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(closing_, true)) return;
  }
  if (const auto x = exchange_.lock()) (void)x->push(webSocket_ ? webSocketClose(code) : std::string(), true);
}

void Stream::cancel() {
  if (const auto x = exchange_.lock()) x->cancel();
}

size_t Stream::feed(std::string_view input) {
  size_t all = 0;
  while (webSocket_ && takesInput()) {
    size_t used = 0;
    auto item = reader_.read(input.substr(all), &used);
    all += used;
    switch (item.what) {
      case WebSocketReader::What::More:
        return all;
      case WebSocketReader::What::Message:
        push(std::move(item));
        break;
      case WebSocketReader::What::Ping:
        if (const auto x = exchange_.lock()) (void)x->push(webSocketFrame(kWebSocketPong, item.data), false);
        break;
      case WebSocketReader::What::Pong:
        break;
      case WebSocketReader::What::Close:
      case WebSocketReader::What::Bad:
        close(item.code);
        return input.size();
    }
  }
  return all;
}

bool Stream::takesInput() const {
  std::lock_guard lock(mutex_);
  return webSocket_ && held_ < kMaxInbox && !closing_;
}

void Stream::beat() {
  const auto x = exchange_.lock();
  // A comment of an event stream, which nobody else would understand.
  if (x && webSocket_) (void)x->push(webSocketFrame(kWebSocketPing, {}), false);
  if (x && !webSocket_ && x->eventStream()) (void)x->push(":\n\n", false);
}

void Stream::gone() {
  std::lock_guard lock(mutex_);
  gone_ = true;
  start();
}

void Stream::push(WebSocketReader::Item item) {
  std::lock_guard lock(mutex_);
  held_ += item.data.size() + kItemCost;
  inbox_.push_back(std::move(item));
  start();
}

// With the lock.
void Stream::start() {
  if (running_ || told_) return;
  running_ = pool_.run([self = shared_from_this()] { self->work(); });
  if (running_) return;
  // No thread for it: the client asks for more than there is. Its end must be told all the same.
  kLog.warn("no thread for a stream", {});
  if (const auto x = exchange_.lock()) x->cancel();
  if (!gone_ || told_) return;
  told_ = true;
  mutex_.unlock();
  if (events_.ended) events_.ended();
  done_(this);
  mutex_.lock();
}

void Stream::work() {
  std::unique_lock lock(mutex_);
  while (!inbox_.empty() || gone_) {
    const bool message = !inbox_.empty();
    WebSocketReader::Item item;
    if (message) {
      item = std::move(inbox_.front());
      inbox_.pop_front();
    } else {
      told_ = true;
    }
    const bool full = held_ >= kMaxInbox;
    lock.unlock();
    try {
      if (message && events_.message) events_.message(item.binary, item.data);
      if (!message && events_.ended) events_.ended();
    } catch (const std::exception& e) {
      kLog.error("exception in a stream", {{"what", e.what()}});
      close(kGoingAway);
    }
    if (!message) {
      done_(this);
      return;
    }
    lock.lock();
    held_ -= item.data.size() + kItemCost;
    if (full && held_ < kMaxInbox) {
      if (const auto x = exchange_.lock()) x->nudge();
    }
  }
  running_ = false;
}

}  // namespace posthouse::http
