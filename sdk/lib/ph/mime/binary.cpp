#include "ph/mime/binary.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "ph/header/block.hpp"
#include "ph/mime/decode.hpp"
#include "ph/mime/parse.hpp"
#include "ph/text/ascii.hpp"

namespace ph::mime {

namespace {

constexpr size_t kMaxLine = 998;
constexpr size_t kPiece = 57 * 1024;  // whole base64 lines

// Instead of [start, end): `text`, or the base64 of what stands there.
struct Edit {
  size_t start = 0;
  size_t end = 0;
  std::string text;
  bool encode = false;
};

bool isIdentity(Encoding e) {
  return e == Encoding::SevenBit || e == Encoding::EightBit || e == Encoding::Binary;
}

std::string_view bodyOf(std::string_view message, const Part& p) {
  return message.substr(p.bodyStart, p.bodyEnd - p.bodyStart);
}

void setEncoding(std::string_view message, const Part& p, bool root, const char* name, std::vector<Edit>& edits) {
  const std::string_view text = message.substr(p.headerStart, p.bodyStart - p.headerStart);
  const header::Block block(text);
  const std::string line = std::string("Content-Transfer-Encoding: ") + name + "\r\n";
  if (const auto* field = block.find("Content-Transfer-Encoding")) {
    const size_t start = p.headerStart + field->offset;
    edits.push_back({start, start + field->size, line, false});
    return;
  }
  std::string added = line;
  if (root && block.count("MIME-Version") == 0) added = "MIME-Version: 1.0\r\n" + added;
  if (text.empty()) added += "\r\n";  // the part began with its body
  edits.push_back({p.headerStart, p.headerStart, added, false});
}

std::vector<Edit> editsOf(std::string_view message) {
  const Tree tree = parse(message);
  std::vector<Edit> edits;
  for (size_t i = 0; i < tree.parts.size(); ++i) {
    const Part& p = tree.parts[i];
    if (!isIdentity(p.encoding)) continue;
    const bool leaf = p.firstChild == kNoPart && !p.opaque;
    if (leaf && isBinary(bodyOf(message, p))) {
      setEncoding(message, p, i == 0, "base64", edits);
      edits.push_back({p.bodyStart, p.bodyEnd, {}, true});
    } else if (p.encoding == Encoding::Binary) {
      const auto body = bodyOf(message, p);
      const bool eight = std::any_of(body.begin(), body.end(), text::isUtf8Byte);
      setEncoding(message, p, i == 0, eight ? "8bit" : "7bit", edits);
    }
  }
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.start < b.start; });
  return edits;
}

}  // namespace

bool isBinary(std::string_view body) {
  if (body.find('\0') != std::string_view::npos) return true;
  for (size_t at = 0; at < body.size();) {
    const size_t end = std::min(body.find_first_of("\r\n", at), body.size());
    if (end - at > kMaxLine) return true;
    if (end == body.size()) break;
    if (body[end] == '\n' || end + 1 == body.size() || body[end + 1] != '\n') return true;
    at = end + 2;
  }
  return false;
}

void encodeBinary(std::string_view message, const std::function<void(std::string_view)>& sink) {
  size_t at = 0;
  for (const Edit& e : editsOf(message)) {
    if (e.start > at) sink(message.substr(at, e.start - at));
    if (!e.text.empty()) sink(e.text);
    for (size_t i = e.start; e.encode && i < e.end; i += kPiece) {
      sink(encodeBase64(message.substr(i, std::min(kPiece, e.end - i)), true));
    }
    at = e.end;
  }
  if (at < message.size()) sink(message.substr(at));
}

}  // namespace ph::mime
