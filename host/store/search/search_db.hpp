// SearchDb: the file search.db of one account, which may be deleted at any time.
// Guarantees: what `done` names was indexed in the same transaction; a file that is damaged, of another version or of
// other messages is thrown away and begun anew. Commits are not synced, so a power cut may lose the last ones.
// Threads: one user.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "store/search/id_ranges.hpp"

namespace posthouse::store::search {

// The last message of a batch: if another has its id, the file belongs to other messages.
struct Witness {
  MessageId id = 0;
  std::string hash;
};

class SearchDb {
 public:
  // Of the file at `path`; NotFound without `create` when there is none.
  static ph::Result<SearchDb> open(db::Vfs& vfs, const std::string& path, bool create);
  // The file and its log.
  static ph::Status remove(db::Vfs& vfs, const std::string& path);

  // Ids that are indexed.
  ph::Result<IdRanges> done();
  // Ids among them whose text was not taken in: they may hold anything.
  ph::Result<std::vector<MessageId>> loose();
  ph::Result<std::optional<Witness>> witness();
  // Messages that were ever indexed.
  ph::Result<std::int64_t> indexed();

  // One transaction: begin, any number of `add`, commit. Until then `rollback` takes it all back.
  ph::Status begin();
  ph::Status add(MessageId id, std::string_view text);
  ph::Status addLoose(MessageId id);
  ph::Status commit(const IdRanges& before, const IdRanges& after, const std::optional<Witness>& witness);
  void rollback();

  // Gives caches back; for a while nothing is to be done.
  void shrink() { (void)db_->exec("PRAGMA shrink_memory"); }

  // Ids above `after` that match, ascending, at most `limit`.
  ph::Result<std::vector<MessageId>> match(const std::string& expression, MessageId after, std::size_t limit);

 private:
  explicit SearchDb(std::unique_ptr<db::Database> db) : db_(std::move(db)) {}
  std::unique_ptr<db::Database> db_;
};

}  // namespace posthouse::store::search
