#include "app/process_one/message.hpp"

namespace posthouse::app {
namespace {

constexpr size_t kLength = 4;
constexpr auto kLast = static_cast<uint8_t>(MessageType::Pardon);

}  // namespace

std::string encode(const Message& message) {
  std::string out(1, static_cast<char>(message.type));
  for (const auto& text : message.texts) {
    for (size_t i = 0; i < kLength; ++i) out += static_cast<char>(text.size() >> (8 * i) & 0xff);
    out += text;
  }
  return out;
}

std::optional<Message> decode(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > kMaxMessage) return std::nullopt;
  const auto type = static_cast<uint8_t>(bytes[0]);
  if (type == 0 || type > kLast) return std::nullopt;
  Message out{static_cast<MessageType>(type), {}};
  bytes.remove_prefix(1);
  while (!bytes.empty()) {
    if (bytes.size() < kLength) return std::nullopt;
    size_t length = 0;
    for (size_t i = 0; i < kLength; ++i) length |= static_cast<size_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
    bytes.remove_prefix(kLength);
    if (length > bytes.size()) return std::nullopt;
    out.texts.emplace_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  return out;
}

}  // namespace posthouse::app
