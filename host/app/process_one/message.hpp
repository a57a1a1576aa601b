// What process one and the worker say to each other, and how that looks in bytes: one byte for the type, then texts,
// each with its length before it (four bytes, little endian). One message is one packet.
// Guarantees: decode() takes any bytes, for process one believes nothing of what a worker sends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace posthouse::app {

enum class MessageType : uint8_t {
  // Process one to the worker.
  Hello =
      1,    // the first message: restarts so far; "root" when the worker may be root; then plugin, reason, plugin, ...
  Granted,  // comes with a descriptor
  Refused,  // why
  // The worker to process one. Bind and Open are answered.
  Bind,       // listener (empty: metrics), address
  Open,       // path of a certificate or key
  Ready,      // what listens, see listening.hpp; after a start and after each reload
  Reloading,  // the configuration is read anew
  Stopping,   // it ends because it was asked to
  Crashed,    // the plugin that was called when the worker crashed
  Pardon,     // a plugin that is started again although it crashed
};

struct Message {
  MessageType type = MessageType::Hello;
  std::vector<std::string> texts;
};

inline constexpr size_t kMaxMessage = 128 * 1024;

std::string encode(const Message& message);
// Nothing: these bytes are no message.
std::optional<Message> decode(std::string_view bytes);

}  // namespace posthouse::app
