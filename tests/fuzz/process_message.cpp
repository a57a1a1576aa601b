// Bytes that are a message are so in one way only; what a worker says it listens on is taken or refused as a whole.
#include "app/process_one/message.hpp"

#include <cstdint>
#include <cstdlib>

#include "app/listening.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace posthouse::app;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto message = decode(bytes);
  if (!message) return 0;
  if (encode(*message) != bytes) std::abort();
  if (const auto listening = listeningFrom(message->texts)) {
    const auto again = listeningFrom(toTexts(*listening));
    if (!again || again->size() != listening->size()) std::abort();
  }
  return 0;
}
