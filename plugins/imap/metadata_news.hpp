// What a client hears of annotations after ENABLE METADATA: the names of those that somebody else changed, of the
// account and its mailboxes.
// Threads: one session; the watch wakes it from any. RFC 5464 4.1, 4.4.2.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "ph/store.hpp"

namespace ph_imap {

class Session;

class MetadataNews {
 public:
  // Of changes from now on.
  explicit MetadataNews(Session& s);
  MetadataNews(const MetadataNews&) = delete;
  MetadataNews& operator=(const MetadataNews&) = delete;
  ~MetadataNews();

  // The session has just made these changes itself; mailbox 0: of the account.
  void own(uint64_t mailbox, const std::vector<ph::Annotation>& changes);
  void tell(Session& s);

 private:
  static void changed(void* self, uint64_t mailbox, uint64_t modseq);
  bool isOwn(const ph::Annotation& a) const;

  const ph::Host& host_;
  const ph::Account& account_;
  const uint64_t session_;
  uint64_t watch_ = 0;
  uint64_t told_ = 0;  // MODSEQ
  std::vector<ph::Annotation> own_;
  std::atomic<bool> dirty_{false};
};

}  // namespace ph_imap
