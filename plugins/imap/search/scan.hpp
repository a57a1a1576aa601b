// Finds the messages of one mailbox that match, in slices on a pool.
// Guarantees: a slice ends after kSliceMs, so no worker is held for long; messages above `lastUid` are not looked at.
// Threads: run() on a pool thread, everything else between the slices.
#pragma once

#include <functional>
#include <optional>

#include "search/matcher.hpp"

namespace ph_imap {

class Scan {
 public:
  static constexpr uint64_t kSliceMs = 50;
  // Each match, ascending by UID. The row has the matcher's columns and those asked for.
  using Take = std::function<void(const ph_row& row)>;

  Scan(const ph::Host& host, const ph::Account& account, uint64_t mailboxId, uint32_t lastUid, Matcher matcher,
       uint32_t columns, Take take);

  // A slice of the work. False: all is done, or failed.
  bool run();
  const ph::Status& status() const { return status_; }
  bool asksModseq() const { return matcher_.asksModseq(); }
  // How far it is, in UIDs.
  uint32_t progress() const { return reached_; }
  uint32_t goal() const { return lastUid_; }

 private:
  // A row with its strings, to be looked at after the query ended.
  struct Row {
    explicit Row(const ph_row& r);
    const ph_row& view();
    ph_row row;
    std::string keywords, envelope, parts;
  };
  bool readRows();

  const ph::Host& host_;
  const ph::Account& account_;
  const uint64_t mailboxId_;
  const uint32_t lastUid_;
  const Matcher matcher_;
  const uint32_t columns_;
  const Take take_;
  std::optional<ph::Account::Ranges> ranges_;  // none: the index was not asked yet
  size_t range_ = 0;                           // the first that is not done
  std::vector<Row> rows_;
  size_t next_ = 0;
  uint32_t resume_ = 0;
  uint32_t reached_ = 0;
  bool queried_ = false;
  ph::Status status_;
};

}  // namespace ph_imap
