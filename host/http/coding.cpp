#include "http/coding.hpp"

#include <brotli/encode.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "ph/text/ascii.hpp"

namespace posthouse::http {
namespace {

using ph::text::equalsNoCase;
using ph::text::trim;

constexpr int kGzipWindow = 15 + 16;  // with gzip's header
constexpr int kQuickGzip = 5, kQuickBrotli = 4, kQuickBrotliWindow = 18;
constexpr size_t kStep = 16 * 1024;

// RFC 9110 12.4.2: in thousandths.
int weight(std::string_view parameters) {
  const size_t q = parameters.find("q=");
  if (q == parameters.npos) return 1000;
  return std::clamp(
      static_cast<int>(std::strtod(std::string(parameters.substr(q + 2, 5)).c_str(), nullptr) * 1000 + 0.5), 0, 1000);
}

class Gzip final : public Compressor {
 public:
  explicit Gzip(int level) { ok_ = deflateInit2(&z_, level, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK; }
  ~Gzip() override {
    if (ok_) deflateEnd(&z_);
  }
  bool ok() const { return ok_; }
  void write(std::string_view data, bool flush, std::string* out) override {
    run(data, flush ? Z_SYNC_FLUSH : Z_NO_FLUSH, out);
  }
  void end(std::string* out) override { run({}, Z_FINISH, out); }

 private:
  void run(std::string_view data, int how, std::string* out) {
    z_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    z_.avail_in = static_cast<uInt>(data.size());
    std::array<unsigned char, kStep> buffer;
    do {
      z_.next_out = buffer.data();
      z_.avail_out = buffer.size();
      deflate(&z_, how);
      out->append(reinterpret_cast<char*>(buffer.data()), buffer.size() - z_.avail_out);
    } while (z_.avail_out == 0);
  }
  z_stream z_{};
  bool ok_ = false;
};

class Brotli final : public Compressor {
 public:
  Brotli() : state_(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)) {
    if (!state_) return;
    BrotliEncoderSetParameter(state_, BROTLI_PARAM_QUALITY, kQuickBrotli);
    BrotliEncoderSetParameter(state_, BROTLI_PARAM_LGWIN, kQuickBrotliWindow);
  }
  ~Brotli() override { BrotliEncoderDestroyInstance(state_); }
  bool ok() const { return state_ != nullptr; }
  void write(std::string_view data, bool flush, std::string* out) override {
    run(data, flush ? BROTLI_OPERATION_FLUSH : BROTLI_OPERATION_PROCESS, out);
  }
  void end(std::string* out) override { run({}, BROTLI_OPERATION_FINISH, out); }

 private:
  void run(std::string_view data, BrotliEncoderOperation how, std::string* out) {
    const auto* next = reinterpret_cast<const uint8_t*>(data.data());
    size_t left = data.size();
    do {
      size_t none = 0;
      if (!BrotliEncoderCompressStream(state_, how, &left, &next, &none, nullptr, nullptr)) return;
      size_t n = 0;
      while (const uint8_t* made = BrotliEncoderTakeOutput(state_, &n)) {
        if (n == 0) break;
        out->append(reinterpret_cast<const char*>(made), n);
        n = 0;
      }
    } while (left > 0 || BrotliEncoderHasMoreOutput(state_));
  }
  BrotliEncoderState* state_;
};

}  // namespace

std::string_view codingName(Coding c) {
  return c == Coding::Gzip ? "gzip" : c == Coding::Brotli ? "br" : "identity";
}

std::optional<Coding> negotiate(const Fields& request, bool gzip, bool brotli) {
  // RFC 9110 12.5.3: without the field anything goes; the plain one is what everybody reads.
  int identity = -1, gz = -1, br = -1, others = -1;
  for (size_t i = 0; const auto field = request.get("accept-encoding", i); ++i) {
    std::string_view list = *field;
    while (!list.empty()) {
      const size_t comma = list.find(',');
      const std::string_view item = trim(list.substr(0, comma));
      list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
      const size_t semicolon = item.find(';');
      const std::string_view name = trim(item.substr(0, semicolon));
      const int q = semicolon == item.npos ? 1000 : weight(item.substr(semicolon));
      if (equalsNoCase(name, "gzip") || equalsNoCase(name, "x-gzip")) gz = q;
      if (equalsNoCase(name, "br")) br = q;
      if (equalsNoCase(name, "identity")) identity = q;
      if (name == "*") others = q;
    }
  }
  if (gz < 0) gz = std::max(others, 0);
  if (br < 0) br = std::max(others, 0);
  const bool plain = identity > 0 || (identity < 0 && others != 0);
  Coding best = Coding::Identity;
  int bestWeight = std::max(identity, 0);
  if (gzip && gz > 0 && gz >= bestWeight) best = Coding::Gzip, bestWeight = gz;
  if (brotli && br > 0 && br >= bestWeight) best = Coding::Brotli;
  if (best == Coding::Identity && !plain) return std::nullopt;
  return best;
}

bool compressible(std::string_view type) {
  type = trim(type.substr(0, type.find(';')));
  if (type.substr(0, 5) == "text/") return type != "text/event-stream";
  constexpr std::string_view kTypes[] = {
      "application/json", "application/javascript", "application/xml",          "application/manifest+json",
      "application/wasm", "image/svg+xml",          "application/problem+json", "font/ttf",
      "image/x-icon"};
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

std::unique_ptr<Compressor> Compressor::make(Coding c) {
  if (c == Coding::Brotli) {
    if (auto b = std::make_unique<Brotli>(); b->ok()) return b;
  } else if (c == Coding::Gzip) {
    if (auto g = std::make_unique<Gzip>(kQuickGzip); g->ok()) return g;
  }
  return nullptr;
}

std::string compressed(Coding c, std::string_view data) {
  std::string out;
  if (c == Coding::Brotli) {
    size_t size = BrotliEncoderMaxCompressedSize(data.size());
    out.resize(size);
    const bool done = BrotliEncoderCompress(9, BROTLI_DEFAULT_WINDOW, BROTLI_DEFAULT_MODE, data.size(),
                                            reinterpret_cast<const uint8_t*>(data.data()), &size,
                                            reinterpret_cast<uint8_t*>(out.data()));
    out.resize(done ? size : 0);
  } else if (c == Coding::Gzip) {
    Gzip gzip(9);
    if (!gzip.ok()) return out;
    gzip.write(data, false, &out);
    gzip.end(&out);
  }
  return out;
}

}  // namespace posthouse::http
