// Decoders that keep only what a chunk border can cut: bits of base64, the tail of a quoted-printable line.
#include "ph/mime/decode.hpp"

#include <array>
#include <cstring>

#include "ph/charset/convert.hpp"
#include "ph/text/ascii.hpp"

namespace ph::mime {
namespace {

constexpr uint8_t kSkip = 64;
constexpr uint8_t kPad = 65;
constexpr uint8_t kBad = 66;

constexpr std::array<uint8_t, 256> makeTable() {
  std::array<uint8_t, 256> table{};
  for (auto& v : table) v = kBad;
  for (uint8_t i = 0; i < 26; ++i) {
    table['A' + i] = i;
    table['a' + i] = static_cast<uint8_t>(i + 26);
  }
  for (uint8_t i = 0; i < 10; ++i) table['0' + i] = static_cast<uint8_t>(i + 52);
  table['+'] = 62;
  table['/'] = 63;
  table['='] = kPad;
  for (const unsigned char c : {' ', '\t', '\r', '\n'}) table[c] = kSkip;
  return table;
}
constexpr auto kTable = makeTable();

// Bytes decoded at a time when only the size is wanted.
constexpr size_t kChunk = 64 * 1024;

}  // namespace

void Decoder::feed(std::string_view chunk, std::string& out) {
  switch (encoding_) {
    case Encoding::Base64:
      feedBase64(chunk, out);
      break;
    case Encoding::QuotedPrintable:
      feedQuotedPrintable(chunk, out);
      break;
    default:
      out.append(chunk);
  }
}

void Decoder::finish(std::string& out) {
  if (encoding_ == Encoding::Base64) {
    if (bitCount_ >= 6) malformed_ = true;  // a lone character holds no byte
  } else if (encoding_ == Encoding::QuotedPrintable && !pending_.empty()) {
    quotedPrintableLine(pending_, false, out);
  }
  pending_.clear();
}

void Decoder::feedBase64(std::string_view chunk, std::string& out) {
  const size_t before = out.size();
  out.resize(before + chunk.size() / 4 * 3 + 6);
  char* o = out.data() + before;
  const auto* p = reinterpret_cast<const unsigned char*>(chunk.data());
  const auto* const end = p + chunk.size();
  while (p < end) {
    if (bitCount_ == 0) {  // whole groups at once
      while (end - p >= 4) {
        const uint32_t a = kTable[p[0]], b = kTable[p[1]], c = kTable[p[2]], d = kTable[p[3]];
        if ((a | b | c | d) >= kSkip) break;
        const uint32_t v = a << 18 | b << 12 | c << 6 | d;
        *o++ = static_cast<char>(v >> 16);
        *o++ = static_cast<char>(v >> 8);
        *o++ = static_cast<char>(v);
        p += 4;
        if (ended_) malformed_ = true;
      }
      if (p == end) break;
    }
    const uint8_t v = kTable[*p++];
    if (v < kSkip) {
      if (ended_) malformed_ = true;  // data after padding: two encoded texts one after the other
      bits_ = bits_ << 6 | v;
      bitCount_ += 6;
      if (bitCount_ >= 8) {
        bitCount_ -= 8;
        *o++ = static_cast<char>(bits_ >> bitCount_);
      }
    } else if (v == kPad) {
      if (bitCount_ == 6) malformed_ = true;
      bitCount_ = 0;  // what is left are the zero bits of the last group
      ended_ = true;
    } else if (v == kBad) {
      malformed_ = true;  // RFC 2045 6.8: to be ignored
    }
  }
  out.resize(static_cast<size_t>(o - out.data()));
}

void Decoder::feedQuotedPrintable(std::string_view chunk, std::string& out) {
  while (!chunk.empty()) {
    const void* lf = std::memchr(chunk.data(), '\n', chunk.size());
    if (!lf) {
      pending_.append(chunk);
      break;
    }
    const size_t n = static_cast<size_t>(static_cast<const char*>(lf) - chunk.data());
    if (pending_.empty()) {
      quotedPrintableLine(chunk.substr(0, n), true, out);
    } else {
      pending_.append(chunk.substr(0, n));
      quotedPrintableLine(pending_, true, out);
      pending_.clear();
    }
    chunk.remove_prefix(n + 1);
  }
}

// line comes without its LF; terminated tells whether there was one.
void Decoder::quotedPrintableLine(std::string_view line, bool terminated, std::string& out) {
  const bool cr = terminated && !line.empty() && line.back() == '\r';
  if (cr) line.remove_suffix(1);
  // RFC 2045 6.7 (3): blanks at the end of a line were added on the way.
  if (terminated) {
    while (!line.empty() && text::isBlank(line.back())) line.remove_suffix(1);
  }
  bool soft = false;
  size_t i = 0;
  while (i < line.size()) {
    const void* eq = std::memchr(line.data() + i, '=', line.size() - i);
    const size_t stop = eq ? static_cast<size_t>(static_cast<const char*>(eq) - line.data()) : line.size();
    out.append(line.substr(i, stop - i));
    i = stop;
    if (i >= line.size()) break;
    if (i + 1 == line.size()) {
      soft = true;
      break;
    }
    const int high = text::hexValue(line[i + 1]);
    const int low = i + 2 < line.size() ? text::hexValue(line[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 3;
    } else {
      malformed_ = true;  // kept as written, as RFC 2045 6.7 recommends
      out += '=';
      ++i;
    }
  }
  if (terminated && !soft) out += cr ? "\r\n" : "\n";
}

std::string decode(std::string_view body, Encoding encoding) {
  std::string out;
  if (encoding == Encoding::QuotedPrintable) out.reserve(body.size());
  Decoder decoder(encoding);
  decoder.feed(body, out);
  decoder.finish(out);
  return out;
}

Result<std::string> decodeBody(std::string_view message, const Part& part) {
  if (part.encoding == Encoding::Unknown) return Error{Kind::Invalid, "unknown transfer encoding"};
  return decode(message.substr(part.bodyStart, part.bodySize()), part.encoding);
}

Result<size_t> decodedSize(std::string_view message, const Part& part) {
  if (part.encoding == Encoding::Unknown) return Error{Kind::Invalid, "unknown transfer encoding"};
  if (part.encoding != Encoding::Base64 && part.encoding != Encoding::QuotedPrintable) return part.bodySize();
  Decoder decoder(part.encoding);
  std::string buffer;
  size_t total = 0;
  std::string_view body = message.substr(part.bodyStart, part.bodySize());
  while (!body.empty()) {
    const std::string_view chunk = body.substr(0, kChunk);
    decoder.feed(chunk, buffer);
    total += buffer.size();
    buffer.clear();
    body.remove_prefix(chunk.size());
  }
  decoder.finish(buffer);
  return total + buffer.size();
}

Result<std::string> decodeText(std::string_view message, const Tree& tree, PartIndex part) {
  auto bytes = decodeBody(message, tree.parts[part]);
  if (!bytes) return bytes;
  return charset::toUtf8(tree.charset(part), *bytes);
}

}  // namespace ph::mime
