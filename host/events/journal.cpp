// A record is a header of two little-endian words, length and CRC-32 of the body, and the body: seq, wall time, and
// three strings with their lengths.
#include "events/journal.hpp"

#include <Poco/Checksum.h>

#include <algorithm>
#include <string_view>

namespace posthouse::events {
namespace {

constexpr size_t kHeader = 8;
constexpr uint32_t kMaxBody = 64 * 1024 * 1024;
constexpr uint64_t kTurnAt = 64 * 1024;  // a file that grew beyond this hands over to an empty one

template <class T>
void put(std::string& out, T value) {
  for (size_t i = 0; i < sizeof value; ++i) out += static_cast<char>(static_cast<uint64_t>(value) >> (8 * i));
}

void put(std::string& out, std::string_view text) {
  put(out, static_cast<uint32_t>(text.size()));
  out += text;
}

class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}
  template <class T>
  T number() {
    const std::string_view bytes = take(sizeof(T));
    uint64_t n = 0;
    for (size_t i = 0; i < bytes.size(); ++i)
      n |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    return static_cast<T>(n);
  }
  std::string text() { return std::string(take(number<uint32_t>())); }
  std::string_view take(size_t n) {
    if (n > rest_.size()) {
      whole_ = false;
      rest_ = {};
    }
    const std::string_view out = rest_.substr(0, n);
    rest_.remove_prefix(out.size());
    return out;
  }
  bool whole() const { return whole_; }

 private:
  std::string_view rest_;
  bool whole_ = true;
};

uint32_t crc(std::string_view bytes) {
  Poco::Checksum sum(Poco::Checksum::TYPE_CRC32);
  sum.update(bytes.data(), static_cast<unsigned>(bytes.size()));
  return sum.checksum();
}

std::string record(const Event& e) {
  std::string body;
  put(body, e.seq);
  put(body, e.wallMs);
  for (const auto& text : {std::string_view(e.name), std::string_view(e.account), std::string_view(e.data)})
    put(body, text);
  std::string out;
  put(out, static_cast<uint32_t>(body.size()));
  put(out, crc(body));
  return out + body;
}

// All whole records at the beginning of `text`.
void parse(std::string_view text, std::vector<Event>& out) {
  Reader in(text);
  for (;;) {
    const auto size = in.number<uint32_t>();
    const auto sum = in.number<uint32_t>();
    if (!in.whole() || size == 0 || size > kMaxBody) return;
    const std::string_view body = in.take(size);
    if (!in.whole() || crc(body) != sum) return;
    Reader r(body);
    Event e;
    e.seq = r.number<uint64_t>();
    e.wallMs = r.number<int64_t>();
    e.name = r.text();
    e.account = r.text();
    e.data = r.text();
    if (!r.whole()) return;
    out.push_back(std::move(e));
  }
}

}  // namespace

ph::Result<Journal> Journal::open(env::Env& env, const std::string& path) {
  Journal j;
  for (size_t i = 0; i < j.parts_.size(); ++i) {
    auto file = env.open(path + "." + std::to_string(i), env::Open::Create);
    if (!file) return file.error();
    const auto size = (*file)->size();
    if (!size) return size.error();
    j.parts_[i].file = std::move(*file);
    j.parts_[i].size = *size;
  }
  return j;
}

ph::Result<std::vector<Event>> Journal::left() {
  std::vector<Event> out;
  for (auto& part : parts_) {
    std::string text(part.size, '\0');
    const auto n = part.file->read(0, text.data(), text.size());
    if (!n) return n.error();
    text.resize(*n);
    parse(text, out);
    for (const auto& e : out) part.last = std::max(part.last, e.seq);
  }
  std::sort(out.begin(), out.end(), [](const Event& a, const Event& b) { return a.seq < b.seq; });
  return out;
}

ph::Status Journal::add(const Event& event) {
  const size_t other = 1 - active_;
  if (parts_[active_].size >= kTurnAt && parts_[other].size == 0) active_ = other;
  Part& part = parts_[active_];
  const std::string bytes = record(event);
  if (auto s = part.file->write(part.size, bytes); !s) return s;
  part.size += bytes.size();
  part.last = event.seq;
  return {};
}

void Journal::removeUpTo(uint64_t seq) {
  for (auto& part : parts_) {
    if (part.size == 0 || part.last > seq || !part.file->truncate(0)) continue;
    part.size = 0;
    part.last = 0;
  }
}

}  // namespace posthouse::events
