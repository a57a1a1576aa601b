// Writes JSON text for bytes that may be anything: what is not UTF-8 is replaced, so that the result always is.
// Threads: one at a time per writer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace posthouse::mail {

class JsonText {
 public:
  void beginObject(std::string_view key = {}) { open(key, '{'); }
  void beginArray(std::string_view key = {}) { open(key, '['); }
  void endObject() { close('}'); }
  void endArray() { close(']'); }
  void add(std::string_view key, std::string_view text);
  void add(std::string_view key, uint64_t number);
  void addFlag(std::string_view key, bool value);
  void addItem(std::string_view text) { add({}, text); }
  std::string take() { return std::move(out_); }

 private:
  void separate(std::string_view key);
  void open(std::string_view key, char c);
  void close(char c);
  void quote(std::string_view text);
  std::string out_;
};

}  // namespace posthouse::mail
