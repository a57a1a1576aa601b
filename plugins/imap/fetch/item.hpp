// FETCH items: which columns of the store one needs, and how it is rendered. One file per item beside this one.
//
// A plain item renders from a row alone, without allocating. A body item names a piece of the message's bytes, which
// the task then streams. Threads: sessions'; items are constant. RFC 9051 6.4.5, 7.5.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ph/imap/fetch_item.hpp"
#include "ph/mime/tree.hpp"
#include "ph/store.hpp"

namespace ph_imap {

// The message behind a row, opened and parsed only when an item asks for it.
class Source {
 public:
  Source(const ph::Account& account, const ph_row& row) : account_(account), row_(row) {}

  // nullptr: it can't be read.
  const ph::Message* message();
  const ph::mime::Tree* tree();
  // The first `size` bytes, at most.
  std::optional<std::string> read(uint64_t offset, uint64_t size);
  // All bytes in memory. For items that can't do with a piece.
  std::optional<std::string_view> contents();

 private:
  const ph::Account& account_;
  const ph_row& row_;
  ph::Message message_;
  std::optional<ph::mime::Tree> tree_;
  std::string buffer_;
  std::optional<std::string_view> contents_;
};

// What a body item gives: bytes made for the answer, or a range of the message.
struct Piece {
  bool isNil = false;
  std::optional<std::string> made;
  uint64_t offset = 0;
  uint64_t size = 0;
};

struct ItemEntry {
  ph::imap::FetchItem::Kind kind;
  uint32_t columns;  // PH_COL_*
  // Plain items: appends "NAME value". nullptr for a body item.
  void (*render)(std::string& out, const ph_row& row);
  // Body items. Error kinds: NotFound gives NIL, Invalid [UNKNOWN-CTE], others fail the command.
  ph::Result<Piece> (*piece)(const ph::imap::FetchItem& item, const ph_row& row, Source& source);
  // The piece is written as it is, not as a string (BODY's list, BINARY.SIZE's number).
  bool bare = false;
  // What is written when there is no piece: the grammar knows NIL only for strings.
  const char* instead = "NIL";
};

// nullptr: not offered.
const ItemEntry* findItem(ph::imap::FetchItem::Kind kind);

void renderUid(std::string& out, const ph_row& row);
void renderFlags(std::string& out, const ph_row& row);
void renderInternalDate(std::string& out, const ph_row& row);
void renderModseq(std::string& out, const ph_row& row);
void renderSaveDate(std::string& out, const ph_row& row);
void renderEmailId(std::string& out, const ph_row& row);
void renderThreadId(std::string& out, const ph_row& row);
void renderSize(std::string& out, const ph_row& row);
void renderEnvelope(std::string& out, const ph_row& row);
void renderBodyStructure(std::string& out, const ph_row& row);
ph::Result<Piece> bodyPiece(const ph::imap::FetchItem& item, const ph_row& row, Source& source);
ph::Result<Piece> sectionPiece(const ph::imap::FetchItem& item, const ph_row& row, Source& source);
ph::Result<Piece> rfc822Piece(const ph::imap::FetchItem& item, const ph_row& row, Source& source);
ph::Result<Piece> binaryPiece(const ph::imap::FetchItem& item, const ph_row& row, Source& source);
ph::Result<Piece> binarySizePiece(const ph::imap::FetchItem& item, const ph_row& row, Source& source);

ph::Result<Piece> previewPiece(const ph::imap::FetchItem& item, const ph_row& row, Source& source);

void appendNumber(std::string& out, uint64_t n);
// The piece cut to item.partial.
Piece cut(Piece piece, const ph::imap::FetchItem& item);

}  // namespace ph_imap
