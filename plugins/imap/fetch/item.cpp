#include "fetch/item.hpp"

#include <algorithm>
#include <charconv>

#include "ph/mime/parse.hpp"
#include "ph/mime/parts_blob.hpp"

namespace ph_imap {

namespace {

using Kind = ph::imap::FetchItem::Kind;

// Beyond this a message is not taken into memory as a whole for one answer.
constexpr size_t kMaxContents = 256 * 1024 * 1024;

constexpr char kNoBody[] = R"(("APPLICATION" "OCTET-STREAM" NIL NIL NIL "BINARY" 0))";

constexpr ItemEntry kItems[] = {
    {Kind::Uid, 0, renderUid, nullptr},
    {Kind::Flags, PH_COL_KEYWORDS, renderFlags, nullptr},
    {Kind::InternalDate, PH_COL_DATES, renderInternalDate, nullptr},
    {Kind::SaveDate, PH_COL_DATES, renderSaveDate, nullptr},
    {Kind::ModSeq, 0, renderModseq, nullptr},
    {Kind::EmailId, 0, renderEmailId, nullptr},
    {Kind::ThreadId, PH_COL_THREADID, renderThreadId, nullptr},
    {Kind::Rfc822Size, PH_COL_SIZE, renderSize, nullptr},
    {Kind::Envelope, PH_COL_ENVELOPE, renderEnvelope, nullptr},
    {Kind::BodyStructure, PH_COL_BODYSTRUCTURE, renderBodyStructure, nullptr},
    {Kind::Body, PH_COL_PARTS, nullptr, bodyPiece, true, kNoBody},
    {Kind::BodySection, PH_COL_SIZE | PH_COL_PARTS, nullptr, sectionPiece},
    {Kind::Rfc822, PH_COL_SIZE, nullptr, rfc822Piece},
    {Kind::Rfc822Header, PH_COL_SIZE, nullptr, rfc822Piece},
    {Kind::Rfc822Text, PH_COL_SIZE, nullptr, rfc822Piece},
    {Kind::Preview, PH_COL_PARTS, nullptr, previewPiece},
    {Kind::Binary, PH_COL_PARTS, nullptr, binaryPiece},
    {Kind::BinarySize, PH_COL_PARTS, nullptr, binarySizePiece, true, "0"},
};

}  // namespace

const ItemEntry* findItem(Kind kind) {
  const auto* found =
      std::find_if(std::begin(kItems), std::end(kItems), [&](const ItemEntry& e) { return e.kind == kind; });
  return found == std::end(kItems) ? nullptr : found;
}

const ph::Message* Source::message() {
  if (!message_) {
    auto opened = account_.message(row_.id);
    if (opened) message_ = std::move(*opened);
  }
  return message_ ? &message_ : nullptr;
}

std::optional<std::string_view> Source::contents() {
  if (contents_) return contents_;
  const ph::Message* m = message();
  if (!m) return std::nullopt;
  if (const auto all = m->contents(buffer_, kMaxContents)) contents_ = *all;
  return contents_;
}

const ph::mime::Tree* Source::tree() {
  if (tree_) return &*tree_;
  if (auto kept = ph::mime::decodeParts(ph::view(row_.parts))) {
    tree_ = std::move(*kept);
  } else if (const auto all = contents()) {
    tree_ = ph::mime::parse(*all);
  }
  return tree_ ? &*tree_ : nullptr;
}

std::optional<std::string> Source::read(uint64_t offset, uint64_t size) {
  const ph::Message* m = message();
  if (!m || size > kMaxContents) return std::nullopt;
  std::string out(static_cast<size_t>(size), '\0');
  size_t done = 0;
  while (done < out.size()) {
    const int64_t n = m->read(offset + done, out.data() + done, out.size() - done);
    if (n <= 0) return std::nullopt;
    done += static_cast<size_t>(n);
  }
  return out;
}

void appendNumber(std::string& out, uint64_t n) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
}

Piece cut(Piece piece, const ph::imap::FetchItem& item) {
  if (!item.partial || piece.isNil) return piece;
  const uint64_t total = piece.made ? piece.made->size() : piece.size;
  const uint64_t first = std::min(item.partial->first, total);
  const uint64_t count = std::min(item.partial->count, total - first);
  if (piece.made) {
    piece.made = piece.made->substr(static_cast<size_t>(first), static_cast<size_t>(count));
  } else {
    piece.offset += first;
    piece.size = count;
  }
  return piece;
}

}  // namespace ph_imap
