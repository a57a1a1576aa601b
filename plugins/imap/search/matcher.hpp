// Whether a message matches a SEARCH program.
//
// Keys are tried in the order of their cost, and the message's file is opened only when a key needs its bytes.
// Text is compared by full Unicode case folding, after transfer encodings, charsets and encoded words were undone.
// Threads: one user; meant for a pool thread. RFC 9051 6.4.4, RFC 3501 6.4.4 (NEW OLD RECENT), RFC 5032, RFC 8514.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ph/imap/number_set.hpp"
#include "ph/imap/search_key.hpp"
#include "ph/store.hpp"
#include "search/narrow.hpp"

namespace ph_imap {

class Matcher {
 public:
  // Turns a set of sequence numbers (or UIDs) of the client's view into UIDs; Invalid for a number that is not there.
  using Resolve = ph::Result<ph::imap::NumberSet> (*)(void* ctx, const ph::imap::SequenceSet& set, bool uids);

  static ph::Result<Matcher> make(const ph::imap::SearchKey& key, int64_t nowSeconds, Resolve resolve, void* ctx);

  // RFC 7162 3.1.5: the answer tells a mod-sequence.
  bool asksModseq() const { return asksModseq_; }
  // Sequence numbers are among the keys.
  bool asksNumbers() const { return asksNumbers_; }
  // PH_COL_* of the rows that matches() wants.
  uint32_t columns() const { return columns_; }
  // What the store's index can be asked before rows are looked at.
  const Narrow& narrow() const { return narrow_; }
  // The row's strings must live during the call. A message that can't be read does not match keys about its bytes.
  bool matches(const ph::Account& account, const ph_row& row) const;

 private:
  using Kind = ph::imap::SearchKey::Kind;
  struct Key {
    Kind kind = Kind::All;
    int cost = 0;
    std::string text;  // folded
    std::string field;
    int64_t number = 0;  // day, size or seconds
    ph::imap::NumberSet uids;
    std::vector<Key> children;
  };
  class Candidate;

  ph::Result<Key> compile(const ph::imap::SearchKey& key);
  static bool test(const Key& key, Candidate& c);
  static Narrow narrowing(const Key& key);

  Key root_;
  Narrow narrow_;
  uint32_t columns_ = 0;
  bool asksModseq_ = false;
  bool asksNumbers_ = false;
  int64_t now_ = 0;
  Resolve resolve_ = nullptr;
  void* ctx_ = nullptr;
};

}  // namespace ph_imap
