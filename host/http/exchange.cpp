#include "http/exchange.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "http/parser/conditional.hpp"
#include "http/representation.hpp"

namespace posthouse::http {
namespace {

// The engine's own: how the message is carried, RFC 9110 7.6.1.
constexpr std::string_view kOurs[] = {"connection",        "content-length", "date",   "keep-alive",
                                      "transfer-encoding", "trailer",        "upgrade"};

const ph::Error kCancelled{ph::Kind::Cancelled, "nobody waits for the answer"};

}  // namespace

Exchange::Exchange(Request request, std::function<void()> wake, std::function<bool(int)> waits)
    : request_(std::move(request)),
      wake_(std::move(wake)),
      waits_(std::move(waits)),
      close_(!request_.head.keepAlive) {}

bool Exchange::bodiless() const {
  return request_.head.method == "HEAD" || response_.status == 204 || response_.status == 304;
}

ph::Status Exchange::mayChange() const {
  if (state_ != State::Open) return kCancelled;
  if (headSent_) return ph::Error{ph::Kind::Conflict, "the response has begun"};
  return {};
}

ph::Status Exchange::setStatus(int status) {
  std::lock_guard lock(mutex_);
  if (auto s = mayChange(); !s) return s;
  if (status < 200 || status > 599) return ph::Error{ph::Kind::Invalid, "not a final status"};
  response_.status = status;
  return {};
}

ph::Status Exchange::setField(std::string_view name, std::string_view value) {
  {
    std::lock_guard lock(mutex_);
    if (auto s = mayChange(); !s) return s;
    response_.fields.remove(name);
  }
  return addField(name, value);
}

ph::Status Exchange::addField(std::string_view name, std::string_view value) {
  std::lock_guard lock(mutex_);
  if (auto s = mayChange(); !s) return s;
  if (!isToken(name) || !isFieldValue(value) || name.size() + value.size() > kMaxFieldLine)
    return ph::Error{ph::Kind::Invalid, "not a field"};
  if (response_.fields.size() == kMaxFields) return ph::Error{ph::Kind::Limit, "too many fields"};
  response_.fields.add(name, value);
  const std::string& lower = response_.fields.all().back().name;
  if (std::find(std::begin(kOurs), std::end(kOurs), lower) != std::end(kOurs)) {
    response_.fields.remove(std::string(lower));
    return ph::Error{ph::Kind::Denied, "this field is the server's"};
  }
  return {};
}

ph::Status Exchange::waitFor(std::unique_lock<std::mutex>& lock, const std::function<bool()>& ready) {
  if (ready() || state_ != State::Open) return state_ == State::Open ? ph::Status() : ph::Status(kCancelled);
  if (quick_) return ph::Error{ph::Kind::Limit, "a quick handler can't wait"};
  if (!waits_(1)) return ph::Error{ph::Kind::Limit, "too many wait for their clients"};
  waiting_ = true;
  waitingSince_ = Clock::now();
  changed_.wait(lock, [&] { return ready() || state_ != State::Open; });
  waiting_ = false;
  waited_ += Clock::now() - waitingSince_;
  waits_(-1);
  return state_ == State::Open ? ph::Status() : ph::Status(kCancelled);
}

ph::Result<size_t> Exchange::read(char* to, size_t size) {
  std::unique_lock lock(mutex_);
  if (auto s = waitFor(lock, [&] { return inStart_ < in_.size() || bodyEnded_; }); !s) return s.error();
  const size_t n = std::min(size, in_.size() - inStart_);
  std::copy_n(in_.data() + inStart_, n, to);
  inStart_ += n;
  if (inStart_ == in_.size()) {
    in_.clear();
    inStart_ = 0;
    account();
    if (!bodyEnded_) wake();
  }
  return n;
}

// The response as chunks, RFC 9112 7.1, or as it is.
void Exchange::put(std::string_view data) {
  if (data.empty() || bodiless()) return;
  if (framing_ == Framing::Chunked) {
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", data.size());
    out_.append(size).append(data).append("\r\n");
  } else {
    out_.append(data);
  }
}

void Exchange::sendHead(uint64_t length) {
  headSent_ = true;
  out_ += responseHead(response_, framing_, length, !close_, request_.head.minor);
}

// The head of a response that goes out in pieces.
void Exchange::begin() {
  const Coding coding = beginPieces(request_.head, compress_, &response_);
  if (!bodiless()) compressor_ = Compressor::make(coding);
  if (response_.status == 204 || response_.status == 304) {
    framing_ = Framing::None;
  } else if (request_.head.minor > 0) {
    framing_ = Framing::Chunked;
  } else {
    framing_ = Framing::UntilClose;
    close_ = true;
  }
  sendHead(0);
}

// All of a response of which nothing was sent.
void Exchange::complete() {
  Fitted f = fit(request_.head, content_ ? *content_ : body_, compress_, &response_);
  if (f.body) {
    body_ = std::move(*f.body);
    content_.reset();
    f.size = body_.size();
  }
  framing_ = response_.status == 204 || response_.status == 304 ? Framing::None : Framing::Length;
  sendHead(f.size);
  if (bodiless()) {
    content_.reset();
  } else if (content_) {
    contentFrom_ = f.from;
    contentLeft_ = f.size;
  } else {
    out_.append(body_, f.from, f.size);
  }
}

void Exchange::sendPiece(bool flush) {
  if (!headSent_) begin();
  if (compressor_) {
    std::string smaller;
    compressor_->write(body_, flush, &smaller);
    put(smaller);
  } else {
    put(body_);
  }
  body_.clear();
  account();
  wake();
}

ph::Status Exchange::setContent(std::shared_ptr<const std::string> content) {
  std::lock_guard lock(mutex_);
  if (auto s = mayChange(); !s) return s;
  content_ = std::move(content);
  return {};
}

ph::Result<bool> Exchange::condition(std::string_view etag, std::string_view lastModified) {
  std::lock_guard lock(mutex_);
  if (auto s = mayChange(); !s) return s.error();
  const Condition c = conditionOf(request_.head, {etag, lastModified});
  if (c == Condition::Holds) return true;
  response_ = {c == Condition::NotModified ? 304 : 412, {}};
  if (!etag.empty()) response_.fields.add("etag", etag);
  if (c == Condition::Failed) {
    std::string type;
    body_ = errorBody(412, {}, &request_.head, &type);
    response_.fields.add("content-type", type);
  }
  return false;
}

ph::Status Exchange::write(std::string_view data) {
  std::unique_lock lock(mutex_);
  if (state_ != State::Open) return kCancelled;
  body_.append(data);
  account();
  if (quick_) {
    if (body_.size() + out_.size() <= kQuickOutput) return {};
    return ph::Error{ph::Kind::Limit, "too much for a quick handler"};
  }
  if (body_.size() <= (headSent_ ? kPiece : kOutputBuffer)) return {};
  sendPiece(false);
  return waitFor(lock, [&] { return out_.size() <= kOutputBuffer; });
}

ph::Status Exchange::flush() {
  std::unique_lock lock(mutex_);
  if (state_ != State::Open) return kCancelled;
  sendPiece(true);
  return {};
}

ph::Status Exchange::goOn(std::shared_ptr<Stream> stream, const std::string& accept, std::string_view protocol) {
  std::lock_guard lock(mutex_);
  if (auto s = mayChange(); !s) return s;
  if (!bodyEnded_ || inStart_ < in_.size() || stream_ || request_.head.method == "HEAD")
    return ph::Error{ph::Kind::Conflict, "no stream can begin here"};
  stream_ = std::move(stream);
  compress_ = false;
  if (accept.empty()) {
    begin();
  } else {
    response_ = {101, {}};
    headSent_ = true;
    framing_ = Framing::UntilClose;
    close_ = true;
    out_ += "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: " +
            accept + "\r\n";
    if (!protocol.empty()) out_.append("sec-websocket-protocol: ").append(protocol).append("\r\n");
    out_ += "\r\n";
  }
  body_.clear();
  quick_ = false;
  account();
  wake();
  return {};
}

ph::Status Exchange::push(std::string_view data, bool last) {
  std::lock_guard lock(mutex_);
  if (state_ != State::Open) return kCancelled;
  if (out_.size() + data.size() > kStreamBuffer) {
    state_ = State::Aborted;
    wake();
    return ph::Error{ph::Kind::Limit, "the client takes too little"};
  }
  put(data);
  if (last) {
    if (framing_ == Framing::Chunked) out_ += "0\r\n\r\n";
    state_ = State::Ended;
  }
  account();
  wake();
  return {};
}

bool Exchange::eventStream() const {
  std::lock_guard lock(mutex_);
  return response_.fields.get("content-type").value_or("").substr(0, 17) == "text/event-stream";
}

void Exchange::nudge() {
  std::lock_guard lock(mutex_);
  wake();
}

std::shared_ptr<Stream> Exchange::stream() const {
  std::lock_guard lock(mutex_);
  return stream_;
}

bool Exchange::cancelled() const {
  std::lock_guard lock(mutex_);
  return state_ != State::Open;
}

void Exchange::finish(const ph::Status& s) {
  std::lock_guard lock(mutex_);
  if (state_ != State::Open || (s && stream_)) return;
  if (!s && headSent_) {
    // The client must not take a part for the whole.
    state_ = State::Aborted;
  } else {
    if (!s) {
      const int status = s.error().kind == ph::Kind::NotFound    ? 404
                         : s.error().kind == ph::Kind::Denied    ? 403
                         : s.error().kind == ph::Kind::Invalid   ? 400
                         : s.error().kind == ph::Kind::Temporary ? 503
                         : s.error().kind == ph::Kind::Limit     ? 503
                                                                 : 500;
      response_ = {status, {}};
      std::string type;
      body_ = errorBody(status, {}, &request_.head, &type);
      response_.fields.add("content-type", type);
      content_.reset();
    }
    if (!headSent_) {
      complete();
    } else if (compressor_) {
      std::string smaller;
      compressor_->write(body_, false, &smaller);
      compressor_->end(&smaller);
      compressor_.reset();
      put(smaller);
    } else {
      put(body_);
    }
    if (framing_ == Framing::Chunked && !bodiless()) out_ += "0\r\n\r\n";
    state_ = State::Ended;
  }
  std::string().swap(body_);
  account();
  wake();
}

size_t Exchange::room() const {
  std::lock_guard lock(mutex_);
  const size_t held = in_.size() - inStart_;
  return held < kBodyBuffer ? kBodyBuffer - held : 0;
}

void Exchange::addBody(std::string_view data) {
  std::lock_guard lock(mutex_);
  if (inStart_ > 0) {
    in_.erase(0, inStart_);
    inStart_ = 0;
  }
  in_.append(data);
  account();
  changed_.notify_all();
}

void Exchange::endBody() {
  std::lock_guard lock(mutex_);
  bodyEnded_ = true;
  changed_.notify_all();
}

void Exchange::closeAfter() {
  std::lock_guard lock(mutex_);
  close_ = true;
}

void Exchange::mayCompress() {
  std::lock_guard lock(mutex_);
  compress_ = true;
}

void Exchange::setQuick() {
  std::lock_guard lock(mutex_);
  quick_ = woken_ = true;
}

void Exchange::cancel() {
  std::lock_guard lock(mutex_);
  if (state_ != State::Open) return;
  state_ = State::Cancelled;
  changed_.notify_all();
  wake();
}

Exchange::Output Exchange::take(size_t max, std::string* to) {
  std::lock_guard lock(mutex_);
  woken_ = false;
  const size_t n = std::min(max, out_.size());
  if (n == out_.size()) {
    if (to->empty()) {
      to->swap(out_);
    } else {
      to->append(out_);
    }
    std::string().swap(out_);
  } else {
    to->append(out_, 0, n);
    out_.erase(0, n);
  }
  if (out_.empty() && contentLeft_ > 0) {
    const size_t m = std::min(max - n, contentLeft_);
    to->append(*content_, contentFrom_, m);
    contentFrom_ += m;
    contentLeft_ -= m;
  }
  account();
  if (waiting_ && out_.size() <= kOutputBuffer) changed_.notify_all();
  Output o;
  o.more = !out_.empty() || contentLeft_ > 0;
  o.begun = headSent_;
  o.close = close_;
  o.state = o.more && state_ == State::Ended ? State::Open : state_;
  return o;
}

int Exchange::status() const {
  std::lock_guard lock(mutex_);
  return response_.status;
}

bool Exchange::waiting() const {
  std::lock_guard lock(mutex_);
  return waiting_;
}

Exchange::Clock::duration Exchange::waited() const {
  std::lock_guard lock(mutex_);
  return waited_;
}

void Exchange::account() {
  share_.set(in_.capacity() + body_.capacity() + out_.capacity());
}

void Exchange::wake() {
  if (!std::exchange(woken_, true)) wake_();
}

}  // namespace posthouse::http
