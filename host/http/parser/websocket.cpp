#include "http/parser/websocket.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <utility>

#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace posthouse::http {
namespace {

constexpr uint16_t kNormal = 1000, kProtocolError = 1002, kNotUtf8 = 1007, kTooBig = 1009;
constexpr size_t kMaxControl = 125;
constexpr uint8_t kContinuation = 0;
constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 1.3

bool isControl(uint8_t opcode) {
  return (opcode & 8) != 0;
}

// RFC 6455 7.4: what a peer may say.
bool mayBeSent(uint16_t code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
         (code >= 3000 && code <= 4999);
}

uint64_t bigEndian(std::string_view bytes) {
  uint64_t n = 0;
  for (const char c : bytes) n = n << 8 | static_cast<uint8_t>(c);
  return n;
}

}  // namespace

WebSocketReader::Item WebSocketReader::bad(uint16_t code) {
  state_ = State::Ended;
  return {What::Bad, false, {}, code};
}

// RFC 6455 5.2, 5.4, 5.5
WebSocketReader::Item WebSocketReader::begin(uint8_t first, uint64_t length) {
  opcode_ = first & 0x0F;
  last_ = (first & 0x80) != 0;
  if (first & 0x70) return bad(kProtocolError);
  if (isControl(opcode_)) {
    if (opcode_ > kWebSocketPong || !last_ || length > kMaxControl) return bad(kProtocolError);
    control_.clear();
  } else {
    if (opcode_ > kWebSocketBinary || within_ != (opcode_ == kContinuation)) return bad(kProtocolError);
    if (length > kMaxMessage - message_.size()) return bad(kTooBig);
    if (opcode_ != kContinuation) binary_ = opcode_ == kWebSocketBinary;
    within_ = true;
  }
  left_ = length;
  maskAt_ = 0;
  state_ = State::Payload;
  return {};
}

WebSocketReader::Item WebSocketReader::closed() {
  state_ = State::Ended;
  if (control_.empty()) return {What::Close, false, {}, kNormal};
  if (control_.size() == 1) return bad(kProtocolError);
  const auto code = static_cast<uint16_t>(bigEndian(std::string_view(control_).substr(0, 2)));
  if (!mayBeSent(code)) return bad(kProtocolError);
  if (!ph::text::isUtf8(std::string_view(control_).substr(2))) return bad(kNotUtf8);
  return {What::Close, false, {}, code};
}

WebSocketReader::Item WebSocketReader::frameEnded() {
  state_ = State::Head;
  if (opcode_ == kWebSocketClose) return closed();
  if (isControl(opcode_))
    return {opcode_ == kWebSocketPing ? What::Ping : What::Pong, false, std::exchange(control_, {}), 0};
  if (!last_) return {};
  within_ = false;
  if (!binary_ && !ph::text::isUtf8(message_)) return bad(kNotUtf8);
  return {What::Message, binary_, std::exchange(message_, {}), 0};
}

WebSocketReader::Item WebSocketReader::read(std::string_view input, size_t* used) {
  *used = 0;
  for (;;) {
    std::string_view rest = input.substr(*used);
    if (state_ == State::Ended) return {};
    if (state_ == State::Head) {
      if (rest.size() < 2) return {};
      const auto second = static_cast<uint8_t>(rest[1]);
      if ((second & 0x80) == 0) return bad(kProtocolError);  // RFC 6455 5.1
      const size_t extended = (second & 0x7F) == 126 ? 2 : (second & 0x7F) == 127 ? 8 : 0;
      if (rest.size() < 2 + extended + 4) return {};
      uint64_t length = second & 0x7F;
      if (extended > 0) {
        length = bigEndian(rest.substr(2, extended));
        if (length < (extended == 2 ? 126u : 0x10000u)) return bad(kProtocolError);
      }
      std::copy_n(rest.begin() + static_cast<ptrdiff_t>(2 + extended), 4, mask_);
      *used += 2 + extended + 4;
      if (const Item i = begin(static_cast<uint8_t>(rest[0]), length); i.what != What::More) return i;
      rest = input.substr(*used);
    }
    const auto n = static_cast<size_t>(std::min<uint64_t>(left_, rest.size()));
    std::string& to = isControl(opcode_) ? control_ : message_;
    const size_t at = to.size();
    to.append(rest.substr(0, n));
    for (size_t i = 0; i < n; ++i)
      to[at + i] = static_cast<char>(to[at + i] ^ static_cast<char>(mask_[(maskAt_ + i) & 3]));
    maskAt_ += n;
    left_ -= n;
    *used += n;
    if (left_ > 0) return {};
    if (Item i = frameEnded(); i.what != What::More) return i;
  }
}

std::string webSocketFrame(uint8_t opcode, std::string_view data) {
  std::string out(1, static_cast<char>(0x80 | opcode));
  const size_t n = data.size();
  const int bytes = n < 126 ? 0 : n < 0x10000 ? 2 : 8;
  out += static_cast<char>(bytes == 0 ? n : bytes == 2 ? 126 : 127);
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(n >> shift);
  return out.append(data);
}

std::string webSocketClose(uint16_t code) {
  return webSocketFrame(kWebSocketClose, std::string{static_cast<char>(code >> 8), static_cast<char>(code)});
}

std::string webSocketAccept(const RequestHead& request) {
  const auto upgrade = request.fields.get("upgrade");
  const auto key = request.fields.get("sec-websocket-key"), version = request.fields.get("sec-websocket-version");
  if (request.method != "GET" || request.minor == 0 || !upgrade || !ph::text::equalsNoCase(*upgrade, "websocket") ||
      !request.fields.hasToken("connection", "upgrade") || !version || *version != "13" || !key || key->size() != 24 ||
      key->substr(22) != "==" || request.fields.count("sec-websocket-key") != 1)
    return {};
  const std::string text = std::string(*key).append(kGuid);
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string out(4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1, '\0');
  out.resize(
      static_cast<size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), digest, SHA_DIGEST_LENGTH)));
  return out;
}

}  // namespace posthouse::http
