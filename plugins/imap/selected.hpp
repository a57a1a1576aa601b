// The selected mailbox as this client knows it: which message has which sequence number, and what it was told.
//
// Guarantees: sequence numbers change only by what show() writes; every change is told once; what the session itself
// changed and has already reported is not told again.
// Threads: one session. RFC 9051 2.3.1.2, 5.2, 7.4.1, 7.5.1, 7.5.2.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ph/imap/number_set.hpp"
#include "ph/imap/sequence_set.hpp"
#include "ph/store.hpp"

namespace ph_imap {

class Selected {
 public:
  static ph::Result<Selected> open(const ph::Account& account, const ph::MailboxInfo& info, bool readOnly);

  uint64_t mailboxId() const { return mailboxId_; }
  const std::string& name() const { return name_; }
  uint32_t uidValidity() const { return uidValidity_; }
  bool readOnly() const { return readOnly_; }
  const ph::View& view() const { return view_; }
  uint32_t count() const { return view_.count(); }
  uint32_t lastUid() const { return count() == 0 ? 0 : view_.uid(count()); }

  // The UIDs meant by a set of sequence numbers or UIDs, only of messages up to the last one the client knows.
  // Invalid: a sequence number that is not there (RFC 9051 6.4.5: a client error).
  ph::Result<ph::Account::Ranges> resolve(const ph::imap::SequenceSet& set, bool uids) const;

  // Appends EXPUNGE, EXISTS and FETCH FLAGS for what changed since the last call. expunges false: sequence numbers stay
  // as they are, so new messages wait too when something was expunged. NotFound: the mailbox is gone.
  ph::Status show(const ph::Account& account, bool expunges, std::string& out);

  // The session has told the client about these flags itself.
  void reported(uint64_t modseq, const ph::imap::NumberSet& uids);

  // The saved search result "$" (RFC 9051 6.4.4.1), as UIDs.
  const ph::imap::NumberSet& saved() const { return saved_; }
  void save(ph::imap::NumberSet uids) { saved_ = std::move(uids); }

 private:
  struct Change {
    uint32_t uid;
    bool expunged;
    uint32_t flags;
    std::string keywords;
  };
  struct Reported {
    uint64_t modseq;
    ph::imap::NumberSet uids;
  };

  bool isReported(uint64_t modseq, uint32_t uid) const;
  ph::Result<std::vector<Change>> collect(const ph::Account& account, const ph::View& next) const;

  uint64_t mailboxId_ = 0;
  std::string name_;
  uint32_t uidValidity_ = 0;
  bool readOnly_ = false;
  ph::View view_;
  uint64_t flagsModseq_ = 0;  // flags up to here were told; may be ahead of view_
  std::vector<Reported> reported_;
  ph::imap::NumberSet saved_;
};

// "(\Seen \Flagged keyword)"; keywords separated by one blank, as the store has them.
void appendFlags(std::string& out, uint32_t flags, std::string_view keywords);

}  // namespace ph_imap
