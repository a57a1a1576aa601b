// A head that is complete in some bytes is the same head however they arrive and whatever follows, and what it says
// about path and body holds what the parser promises. So does a chunked body.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/origin.hpp"
#include "http/parser/chunked.hpp"
#include "http/parser/head.hpp"

namespace {

using namespace posthouse::http;
using State = HeadResult::State;

void require(bool holds) {
  if (!holds) std::abort();
}

HeadResult parse(std::string_view bytes, RequestHead* out) {
  size_t scanned = 0;
  return parseHead(bytes, &scanned, out);
}

void checkHead(std::string_view bytes) {
  RequestHead whole;
  const HeadResult r = parse(bytes, &whole);
  require(r.state != State::More || bytes.size() < kMaxHead);
  if (r.state != State::Done) return;
  require(r.size > 0 && r.size <= bytes.size() && r.size <= kMaxHead);
  const std::string_view head = bytes.substr(0, r.size);
  require(head.size() >= 4 && head.substr(head.size() - 4) == "\r\n\r\n");

  // Piece by piece: nothing is decided before the last byte.
  size_t scanned = 0;
  RequestHead pieces;
  for (size_t n = 1; n < head.size(); ++n)
    require(parseHead(head.substr(0, n), &scanned, &pieces).state == State::More);
  require(parseHead(head, &scanned, &pieces).size == r.size);
  require(pieces.target.path == whole.target.path && pieces.fields.size() == whole.fields.size());

  const std::string& path = whole.target.path;
  require(path.empty() || path.front() == '/');
  for (const char* segment : {"/./", "/../"}) require((path + "/").find(segment) == std::string::npos);
  for (const char c : path) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  require(!(whole.chunked && whole.length > 0));
  require(!(whole.chunked && whole.fields.count("content-length") > 0));
  require(whole.minor == 0 || !whole.host.host.empty());
  require(whole.fields.size() <= kMaxFields);
  for (const auto& f : whole.fields.all()) require(isToken(f.name) && isFieldValue(f.value));

  // Of no browser, or of a page of this host; never by the word of another site.
  const auto origin = whole.fields.get("origin"), site = whole.fields.get("sec-fetch-site");
  const bool same = sameOrigin(whole);
  require(same || origin || site);
  if (same && origin) require(origin->find("://") != origin->npos);
  if (site && *site == "cross-site") require(!same);
}

// All at once and byte by byte, with little room: the same body.
void checkChunked(std::string_view bytes) {
  ChunkedReader once;
  std::string whole;
  size_t used = 0;
  const auto state = once.read(bytes, static_cast<size_t>(-1), &whole, &used);
  require(used <= bytes.size() && whole.size() <= used);

  ChunkedReader slow;
  std::string body;
  size_t begin = 0;
  auto last = ChunkedReader::State::More;
  for (size_t end = 1; end <= bytes.size() && last == ChunkedReader::State::More; ++end) {
    for (size_t before = begin + 1; before != begin && last == ChunkedReader::State::More;) {
      before = begin;
      std::string part;
      size_t n = 0;
      last = slow.read(bytes.substr(begin, end - begin), 3, &part, &n);
      require(part.size() <= 3);
      begin += n;
      body += part;
    }
  }
  require(last == state || state == ChunkedReader::State::More);
  if (state == ChunkedReader::State::Done) require(body == whole && begin == used);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  checkHead(bytes);
  checkChunked(bytes);
  return 0;
}
