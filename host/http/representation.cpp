#include "http/representation.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "http/coding.hpp"
#include "http/parser/conditional.hpp"
#include "http/parser/range.hpp"

namespace posthouse::http {
namespace {

constexpr size_t kWorthIt = 1024;  // less gains nothing

std::string boundary() {
  std::array<unsigned char, 12> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string out = "part-";
  for (const unsigned char b : bytes) {
    out += "0123456789abcdef"[b >> 4];
    out += "0123456789abcdef"[b & 15];
  }
  return out;
}

// RFC 9110 15.4.5: what describes the body goes with it.
void notModified(Response* r) {
  r->status = 304;
  for (const auto name : {"content-type", "content-encoding", "content-language", "content-range"})
    r->fields.remove(name);
}

std::string failed(int status, const RequestHead& request, Response* r) {
  *r = {status, {}};
  std::string type;
  std::string body = errorBody(status, {}, &request, &type);
  r->fields.add("content-type", type);
  return body;
}

// RFC 9110 8.8.3: another coding is another representation; the tag says that both mean the same.
void weaken(Response* r) {
  const auto tag = r->fields.get("etag");
  if (tag && tag->substr(0, 2) != "W/") r->fields.set("etag", "W/" + std::string(*tag));
}

Coding codingOf(const RequestHead& request, Response* r) {
  if (r->fields.count("content-encoding") > 0 || r->fields.hasToken("cache-control", "no-transform") ||
      !compressible(r->fields.get("content-type").value_or("")))
    return Coding::Identity;
  if (!r->fields.hasToken("vary", "accept-encoding")) r->fields.add("vary", "accept-encoding");
  return negotiate(request.fields, true, true).value_or(Coding::Identity);
}

void take(Coding c, Response* r) {
  r->fields.set("content-encoding", codingName(c));
  weaken(r);
}

}  // namespace

Coding beginPieces(const RequestHead& request, bool compress, Response* r) {
  if (r->status != 200) return Coding::Identity;
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const Validators now{r->fields.get("etag").value_or(""), r->fields.get("last-modified").value_or("")};
  if (reads && !(now.etag.empty() && now.lastModified.empty()) && conditionOf(request, now) == Condition::NotModified) {
    notModified(r);
    return Coding::Identity;
  }
  if (!compress) return Coding::Identity;
  const Coding c = codingOf(request, r);
  if (c != Coding::Identity) take(c, r);
  return c;
}

Fitted fit(const RequestHead& request, std::string_view whole, bool compress, Response* r) {
  Fitted out{0, whole.size(), {}};
  if (r->status != 200) return out;
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const auto etag = r->fields.get("etag"), modified = r->fields.get("last-modified");
  if (reads && (etag || modified)) {
    const Validators now{etag.value_or(""), modified.value_or("")};
    const Condition c = conditionOf(request, now);
    if (c == Condition::NotModified) {
      notModified(r);
      return {0, 0, {}};
    }
    if (c == Condition::Failed) return {0, 0, failed(412, request, r)};
    const auto range = request.fields.get("range");
    if (range && request.method == "GET" && ifRangeHolds(request, now)) {
      const Ranges ranges = parseRange(*range, whole.size());
      const std::string size = std::to_string(whole.size());
      if (ranges.state == Ranges::State::Unsatisfiable) {
        std::string body = failed(416, request, r);
        r->fields.add("content-range", "bytes */" + size);
        return {0, 0, std::move(body)};
      }
      if (ranges.state == Ranges::State::Parts) {
        r->status = 206;
        if (ranges.parts.size() == 1) {
          r->fields.set("content-range", contentRange(ranges.parts[0], whole.size()));
          return {ranges.parts[0].from, ranges.parts[0].size, {}};
        }
        const std::string mark = boundary();
        std::string body = multipart(whole, ranges.parts, r->fields.get("content-type").value_or(""), mark);
        r->fields.set("content-type", "multipart/byteranges; boundary=" + mark);
        return {0, 0, std::move(body)};
      }
    }
    r->fields.set("accept-ranges", "bytes");
    // Parts can be asked for of the plain one only.
    if (range) return out;
  }
  if (!compress || whole.size() < kWorthIt) return out;
  const Coding c = codingOf(request, r);
  const auto compressor = Compressor::make(c);
  if (!compressor) return out;
  std::string smaller;
  compressor->write(whole, false, &smaller);
  compressor->end(&smaller);
  if (smaller.size() >= whole.size()) return out;
  take(c, r);
  out.body = std::move(smaller);
  return out;
}

}  // namespace posthouse::http
