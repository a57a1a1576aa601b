// View: the UIDs of a mailbox at one MODSEQ, immutable and shared by all sessions.
// Guarantees: never changes; a newer View shares every chunk that did not change.
// Threads: any. RFC 9051 2.3.1.2 (message sequence numbers).
#pragma once

#include <memory>
#include <vector>

#include "store/types.hpp"

namespace posthouse::store {

class View {
 public:
  static constexpr std::size_t kChunk = 1024;
  using Chunk = std::shared_ptr<const std::vector<Uid>>;

  // `uids` ascending.
  View(MailboxId mailbox, Uid uidValidity, Uid uidNext, ModSeq modSeq, const std::vector<Uid>& uids);

  MailboxId mailbox() const { return mailbox_; }
  Uid uidValidity() const { return uidValidity_; }
  Uid uidNext() const { return uidNext_; }
  ModSeq modSeq() const { return modSeq_; }
  std::uint32_t count() const { return count_; }
  // Sequence numbers are 1..count(); 0 when there is none.
  Uid uidAt(std::uint32_t seq) const;
  std::uint32_t seqOf(Uid uid) const;
  // The number of messages with a UID up to this one.
  std::uint32_t countTo(Uid uid) const;
  const std::vector<Chunk>& chunks() const { return chunks_; }

  // The next View: `added` lie above every UID here, both lists ascend.
  std::shared_ptr<const View> with(const std::vector<Uid>& added, const std::vector<Uid>& removed, Uid uidNext,
                                   ModSeq modSeq) const;

 private:
  View() = default;
  void index();

  MailboxId mailbox_ = 0;
  Uid uidValidity_ = 0;
  Uid uidNext_ = 1;
  ModSeq modSeq_ = 0;
  std::uint32_t count_ = 0;
  std::vector<Chunk> chunks_;
  std::vector<std::uint32_t> before_;  // messages before chunk i
};

// UIDs of `from` that `to` lacks; shared chunks cost nothing.
std::vector<Uid> missing(const View& from, const View& to);

}  // namespace posthouse::store
