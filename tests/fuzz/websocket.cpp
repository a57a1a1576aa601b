// WebSocketReader: whatever comes, in pieces or at once, is read alike and held within its limit.
#include "http/parser/websocket.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

using posthouse::http::WebSocketReader;

namespace {

std::string told(std::string_view input, size_t step) {
  WebSocketReader reader;
  std::string out, buffer;
  for (size_t at = 0; at < input.size(); at += step) {
    buffer += input.substr(at, step);
    for (;;) {
      size_t used = 0;
      const auto i = reader.read(buffer, &used);
      if (used > buffer.size() || reader.held() > WebSocketReader::kMaxMessage + 125) std::abort();
      buffer.erase(0, used);
      if (i.what == WebSocketReader::What::More) break;
      out += std::to_string(static_cast<int>(i.what)) + (i.binary ? "b" : "t") + std::to_string(i.code) + i.data;
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (told(input, 1) != told(input, size + 1)) std::abort();
  return 0;
}
