// Layout: version, part count, then each part: parent (index + 1), three offset steps, lines, flags, strings.
// Numbers are LEB128, strings a length and bytes. Child links are rebuilt from the parents.
#include "ph/mime/parts_blob.hpp"

#include <algorithm>

namespace ph::mime {
namespace {

enum Flags : uint8_t { kOpaque = 8 };  // the low three bits hold the encoding

class Writer {
 public:
  void number(uint64_t v) {
    for (; v >= 0x80; v >>= 7) out += static_cast<char>(v | 0x80);
    out += static_cast<char>(v);
  }
  void string(std::string_view s) {
    number(s.size());
    out.append(s);
  }
  void parameters(const Parameters& p) {
    number(p.raw().size());
    for (const Parameter& one : p.raw()) {
      string(one.name);
      string(one.value);
    }
  }
  std::string out;
};

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  uint64_t number() {
    uint64_t v = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      if (in_.empty()) break;
      const auto byte = static_cast<unsigned char>(in_.front());
      in_.remove_prefix(1);
      v |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return v;
    }
    failed = true;
    return 0;
  }
  std::string string() {
    const uint64_t n = number();
    if (n > in_.size()) {
      failed = true;
      return {};
    }
    std::string out(in_.substr(0, n));
    in_.remove_prefix(n);
    return out;
  }
  void parameters(Parameters& p) {
    for (uint64_t n = count(); n > 0 && !failed; --n) {
      std::string name = string();
      p.add(std::move(name), string());
    }
  }
  // A number of things to come, each of at least one byte.
  uint64_t count() {
    const uint64_t n = number();
    if (n <= in_.size()) return n;
    failed = true;
    return 0;
  }
  bool atEnd() const { return in_.empty(); }
  bool failed = false;

 private:
  std::string_view in_;
};

bool readPart(Reader& in, Part& part) {
  part.headerStart = in.number();
  const uint64_t header = in.number();
  const uint64_t body = in.number();
  constexpr uint64_t kMax = uint64_t{1} << 60;  // keeps the sums below from wrapping
  if (part.headerStart > kMax || header > kMax || body > kMax) return false;
  part.bodyStart = part.headerStart + header;
  part.bodyEnd = part.bodyStart + body;
  part.lines = in.number();
  const uint64_t flags = in.number();
  if ((flags & 7) > static_cast<uint64_t>(Encoding::Unknown) || flags > 15) return false;
  part.encoding = static_cast<Encoding>(flags & 7);
  part.opaque = (flags & kOpaque) != 0;
  part.type = in.string();
  part.subtype = in.string();
  in.parameters(part.parameters);
  part.encodingName = in.string();
  part.disposition = in.string();
  in.parameters(part.dispositionParameters);
  part.id = in.string();
  part.description = in.string();
  for (uint64_t n = in.count(); n > 0 && !in.failed; --n) part.languages.push_back(in.string());
  part.location = in.string();
  part.md5 = in.string();
  return !in.failed;
}

}  // namespace

std::string encodeParts(const Tree& tree) {
  Writer out;
  out.out += static_cast<char>(kPartsBlobVersion);
  out.number(tree.parts.size());
  for (const Part& part : tree.parts) {
    out.number(part.parent == kNoPart ? 0 : part.parent + uint64_t{1});
    out.number(part.headerStart);
    out.number(part.bodyStart - part.headerStart);
    out.number(part.bodyEnd - part.bodyStart);
    out.number(part.lines);
    out.number(static_cast<uint64_t>(part.encoding) | (part.opaque ? kOpaque : 0));
    out.string(part.type);
    out.string(part.subtype);
    out.parameters(part.parameters);
    out.string(part.encodingName);
    out.string(part.disposition);
    out.parameters(part.dispositionParameters);
    out.string(part.id);
    out.string(part.description);
    out.number(part.languages.size());
    for (const std::string& language : part.languages) out.string(language);
    out.string(part.location);
    out.string(part.md5);
  }
  return std::move(out.out);
}

Result<Tree> decodeParts(std::string_view blob) {
  const Error broken{Kind::Invalid, "parts blob is damaged"};
  if (blob.empty() || static_cast<uint8_t>(blob.front()) != kPartsBlobVersion) {
    return Error{Kind::Invalid, "parts blob of another version"};
  }
  Reader in(blob.substr(1));
  const uint64_t count = in.count();
  if (in.failed || count == 0 || count > kMaxParts) return broken;
  Tree tree;
  tree.parts.resize(count);
  std::vector<PartIndex> lastChild(count, kNoPart);
  std::vector<size_t> depth(count, 1);
  for (PartIndex i = 0; i < count; ++i) {
    Part& part = tree.parts[i];
    const uint64_t parent = in.number();
    if ((i == 0) != (parent == 0) || parent > i || !readPart(in, part)) return broken;
    if (i == 0) continue;
    part.parent = static_cast<PartIndex>(parent - 1);
    Part& above = tree.parts[part.parent];
    depth[i] = depth[part.parent] + 1;
    const bool single = above.type == "message";
    if (depth[i] > kMaxDepth || above.opaque || (!single && above.type != "multipart") ||
        (single && above.childCount > 0) || part.headerStart < above.bodyStart || part.bodyEnd > above.bodyEnd) {
      return broken;
    }
    PartIndex& last = lastChild[part.parent];
    (last == kNoPart ? above.firstChild : tree.parts[last].nextSibling) = i;
    last = i;
    ++above.childCount;
  }
  if (!in.atEnd()) return broken;
  return tree;
}

}  // namespace ph::mime
