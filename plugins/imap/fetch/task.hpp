// A running FETCH: rows from the store in batches, rendered into the session's output, bytes of messages streamed.
//
// Guarantees: memory is bounded by the output limit and one batch, whatever is asked for; a literal's length is exact,
// or the connection is closed; \Seen is set once, in one commit, at the end, and reported as a change.
// Threads: the session's; the commit on Pool::Disk. RFC 9051 6.4.5, 7.5.2.
#pragma once

#include <string>
#include <vector>

#include "fetch/item.hpp"
#include "session.hpp"

namespace ph_imap {

struct FetchPlan {
  std::vector<ph::imap::FetchItem> items;
  ph::Account::Ranges ranges;
  bool setSeen = false;
  std::optional<uint64_t> changedSince;  // only messages with a higher MODSEQ
  ph::imap::NumberSet vanished;          // told first, as VANISHED (EARLIER)
  std::string done = "fetched";          // the text of the tagged OK, and its code
  std::string code;
  bool isNotice = false;  // it answers no command (RFC 5465 5.2)
  bool isSelect = false;  // it answers SELECT: after a failure no mailbox is selected
};

class FetchTask final : public Task {
 public:
  explicit FetchTask(FetchPlan plan);

  Step step(Session& s) override;

 private:
  struct Request {
    ph::imap::FetchItem item;
    const ItemEntry* entry;
    std::string name;  // "BODY[1]" and a blank
  };
  // A row with its strings, for messages whose bytes are needed after the query ended.
  struct KeptRow {
    explicit KeptRow(const ph_row& row);
    std::string keywords, envelope, bodystructure, parts;
    ph_row row;  // views into the strings above are set by view()
    const ph_row& view();
  };

  bool writeVanished(Session& s);
  bool isWanted(const ph_row& row) const { return !plan_.changedSince || row.modseq > *plan_.changedSince; }
  void openRow(Session& s, const ph_row& row, uint32_t seq);
  Step queryBatch(Session& s);
  Step renderKept(Session& s);
  static bool isThere(Session& s, uint32_t uid);
  void renderPlain(Session& s, const ph_row& row);
  // Starts the literal of the piece.
  void beginPiece(Session& s, const Request& request, Piece piece);
  bool stream(Session& s);
  Step finish(Session& s);

  FetchPlan plan_;
  std::vector<Request> requests_;
  uint32_t columns_ = 0;
  bool needsMessage_ = false;
  bool showsFlags_ = false;
  bool showsModseq_ = false;
  size_t vanishedTold_ = 0;  // ranges

  bool counted_ = false;
  uint32_t resume_ = 0;
  bool queried_ = false;  // all batches were asked for
  uint64_t wanted_ = 0;   // messages of the client's view
  uint64_t given_ = 0;
  bool unknownEncoding_ = false;
  bool unreadable_ = false;
  ph::imap::NumberSet unseen_;

  std::vector<KeptRow> kept_;
  size_t nextKept_ = 0;
  size_t nextRequest_ = 0;
  std::unique_ptr<Source> source_;  // of kept_[nextKept_]
  uint64_t streamOffset_ = 0;
  uint64_t streamLeft_ = 0;
  bool streamMade_ = false;  // from made_, not from the message
  bool streamNuls_ = false;  // it is a literal8
  std::optional<std::string> made_;
  bool rowOpen_ = false;
  ph::Status seenStatus_;
};

}  // namespace ph_imap
