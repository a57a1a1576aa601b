// The WebSocket protocol: what a client sends, and what is sent to it.
//
// Guarantees: a frame that is not masked, a length not in its shortest form, reserved bits, a control frame in pieces
// or too long, a fragment out of order, text or a reason that is not UTF-8 end the connection with the code RFC
// 6455 7.4.1 has for it. A message is held once, up to kMaxMessage. Threads: one. RFC 6455 5, 7, 8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/parser/head.hpp"

namespace posthouse::http {

class WebSocketReader {
 public:
  static constexpr size_t kMaxMessage = 1024 * 1024;
  enum class What { More, Message, Ping, Pong, Close, Bad };
  struct Item {
    What what = What::More;
    bool binary = false;
    std::string data;   // of a message, a ping or a pong
    uint16_t code = 0;  // of Close: what is to be answered; of Bad: why
  };

  // Takes from the beginning of `input`, until something is whole. After Close and Bad nothing more is read.
  Item read(std::string_view input, size_t* used);
  size_t held() const { return message_.size() + control_.size(); }

 private:
  enum class State { Head, Payload, Ended };
  Item bad(uint16_t code);
  Item begin(uint8_t first, uint64_t length);
  Item frameEnded();
  Item closed();

  State state_ = State::Head;
  uint8_t opcode_ = 0;
  bool last_ = false;
  uint64_t left_ = 0;
  uint8_t mask_[4] = {};
  size_t maskAt_ = 0;
  bool within_ = false;  // a message in fragments
  bool binary_ = false;
  std::string message_;
  std::string control_;
};

inline constexpr uint8_t kWebSocketText = 1, kWebSocketBinary = 2, kWebSocketClose = 8, kWebSocketPing = 9,
                         kWebSocketPong = 10;
// A whole frame of the server's, not masked.
std::string webSocketFrame(uint8_t opcode, std::string_view data);
std::string webSocketClose(uint16_t code);

// The value of Sec-WebSocket-Accept; empty: not a request for this protocol in version 13. RFC 6455 4.2.
std::string webSocketAccept(const RequestHead& request);

}  // namespace posthouse::http
