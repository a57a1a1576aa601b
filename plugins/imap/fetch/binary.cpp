// BINARY[part]<partial> and BINARY.SIZE[part]: a part without its transfer encoding. RFC 9051 6.4.5, RFC 3516 4.
#include "fetch/item.hpp"
#include "ph/mime/decode.hpp"
#include "ph/mime/section.hpp"

namespace ph_imap {

namespace {

std::string numbers(const std::vector<uint32_t>& part) {
  std::string out;
  for (const uint32_t n : part) {
    if (!out.empty()) out += '.';
    appendNumber(out, n);
  }
  return out;
}

ph::Result<std::string> decoded(const ph::imap::FetchItem& item, Source& source) {
  const auto bytes = source.contents();
  if (!bytes) return ph::Error{ph::Kind::Temporary, "the message can't be read"};
  if (item.section.part.empty()) return std::string(*bytes);  // the message itself, which has no encoding
  const auto* tree = source.tree();
  const auto part = ph::mime::findPart(*tree, numbers(item.section.part));
  if (!part) return ph::Error{ph::Kind::NotFound, part.error().text};
  return ph::mime::decodeBody(*bytes, tree->parts[*part]);
}

}  // namespace

ph::Result<Piece> binaryPiece(const ph::imap::FetchItem& item, const ph_row&, Source& source) {
  auto body = decoded(item, source);
  if (!body) return body.error();
  return Piece{false, std::move(*body)};
}

ph::Result<Piece> binarySizePiece(const ph::imap::FetchItem& item, const ph_row&, Source& source) {
  const auto body = decoded(item, source);
  if (!body && body.error().kind != ph::Kind::NotFound) return body.error();
  return Piece{false, std::to_string(body ? body->size() : 0)};
}

}  // namespace ph_imap
