// One request and its response, between the session that moves the bytes and the handler that makes the answer.
//
// Guarantees: at most kBodyBuffer bytes of the body and about kOutputBuffer of the response are held. A handler that
// reads faster or writes more waits, without counting for its pool; once the client is gone or the time is over it is
// told so and waits no more. What the handler has not set in time is never sent.
// Threads: the handler's functions on one thread at a time, the session's on the session's, cancel() on any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/memory_budget.hpp"
#include "http/coding.hpp"
#include "http/request.hpp"
#include "http/response_head.hpp"
#include "ph/result.hpp"

namespace posthouse::http {

class Stream;

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  static constexpr size_t kBodyBuffer = 64 * 1024;
  static constexpr size_t kOutputBuffer = 64 * 1024;
  static constexpr size_t kStreamBuffer = 256 * 1024;  // what waits for the client of a stream
  static constexpr size_t kQuickOutput = 1024 * 1024;  // what a handler that can't wait may write
  static constexpr size_t kPiece = 16 * 1024;  // of a response that has begun: what is held back to be sent at once
  using Clock = std::chrono::steady_clock;

  // `wake`: the session has something to do. `waits`: the handler begins (1) or ends (-1) to wait for the client;
  // false: too many wait already.
  Exchange(Request request, std::function<void()> wake, std::function<bool(int)> waits);

  const Request& request() const { return request_; }

  // --- the handler's -------------------------------------------------------------------------------------------------

  // Before the first byte of the response went out; else Conflict.
  ph::Status setStatus(int status);
  ph::Status setField(std::string_view name, std::string_view value);
  ph::Status addField(std::string_view name, std::string_view value);
  // 0: the body is complete. Limit: it is too large, or too many handlers wait.
  ph::Result<size_t> read(char* to, size_t size);
  ph::Status write(std::string_view data);
  ph::Status flush();  // sends what was written so far
  // A whole body that is shared and not copied, instead of writing one.
  ph::Status setContent(std::shared_ptr<const std::string> content);
  // Whether the request's conditions hold for what has these validators. False: the answer is made, 304 or 412.
  ph::Result<bool> condition(std::string_view etag, std::string_view lastModified);
  // From now on the response is the stream's and goes on when the handler has returned. A WebSocket's accept key, or
  // empty: the response begins with what was set. Conflict: it has begun, or the body is not read.
  ph::Status goOn(std::shared_ptr<Stream> stream, const std::string& accept, std::string_view protocol);
  bool cancelled() const;
  // The handler returned: completes the response, or gives it up.
  void finish(const ph::Status& s);

  // --- the stream's, any thread --------------------------------------------------------------------------------------

  // Appends what is sent at once. Limit: the client takes too little, and is given up.
  ph::Status push(std::string_view data, bool last);
  bool eventStream() const;
  void nudge();  // the session has something to do

  // --- the session's -------------------------------------------------------------------------------------------------

  size_t room() const;  // for the body
  void addBody(std::string_view data);
  void endBody();
  void closeAfter();  // the connection ends with this response
  // From now on the session's own thread makes the answer: nothing can be waited for, nobody need be woken.
  void setQuick();
  // The answer's size tells no secret: it may be compressed.
  void mayCompress();
  // Nobody waits for the answer any more.
  void cancel();

  enum class State { Open, Ended, Aborted, Cancelled };
  struct Output {
    State state = State::Open;
    bool more = false;   // than could be taken
    bool begun = false;  // the head is among what was taken, now or earlier
    bool close = false;  // the connection can't go on
  };
  // Moves up to `max` bytes to `*to`. Ended only with the last byte.
  Output take(size_t max, std::string* to);
  int status() const;
  std::shared_ptr<Stream> stream() const;
  bool waiting() const;            // the handler waits for the client
  Clock::duration waited() const;  // so far

 private:
  ph::Status waitFor(std::unique_lock<std::mutex>& lock, const std::function<bool()>& ready);
  ph::Status mayChange() const;
  void begin();
  void sendHead(uint64_t length);
  void complete();
  void put(std::string_view data);
  void sendPiece(bool flush);
  void account();
  void wake();
  bool bodiless() const;

  const Request request_;
  const std::function<void()> wake_;
  const std::function<bool(int)> waits_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  MemoryBudget::Share share_;
  std::string in_;
  size_t inStart_ = 0;
  bool bodyEnded_ = false;
  Response response_;
  std::string body_;  // written and not yet on its way
  std::string out_;   // as it goes over the wire
  std::shared_ptr<const std::string> content_;
  size_t contentFrom_ = 0;  // what of it follows out_
  size_t contentLeft_ = 0;
  std::unique_ptr<Compressor> compressor_;  // of a response that goes out in pieces
  bool compress_ = false;
  std::shared_ptr<Stream> stream_;
  bool headSent_ = false;
  Framing framing_ = Framing::None;
  bool close_ = false;
  bool quick_ = false;
  bool woken_ = false;
  State state_ = State::Open;
  bool waiting_ = false;
  Clock::time_point waitingSince_{};
  Clock::duration waited_{};
};

}  // namespace posthouse::http
