// The selected mailbox as this client knows it: which message has which sequence number, and what it was told.
//
// Guarantees: sequence numbers change only by what show() writes; every change is told once; what the session itself
// changed and has already reported is not told again; a client that keeps mod-sequences never ends up with one that is
// above a change it was not told.
// Threads: one session. RFC 9051 2.3.1.2, 5.2, 7.3.5, 7.4.1, 7.5.1, 7.5.2; RFC 7162 3.2.10, 6.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ph/imap/number_set.hpp"
#include "ph/imap/sequence_set.hpp"
#include "ph/store.hpp"

namespace ph_imap {

// How changes are told.
struct Manner {
  bool expunges = true;   // false: sequence numbers stay as they are (RFC 9051 7.5.1)
  bool vanished = false;  // VANISHED instead of EXPUNGE (RFC 7162 3.2.10)
  bool modseq = false;    // with MODSEQ (RFC 7162 3.2.4)
  bool flags = true;      // changes of flags are told
  bool uidOnly = false;   // UIDFETCH instead of FETCH (RFC 9586 3)
};

// One mailbox of all that a user may see.
struct MailboxKey {
  std::string owner;  // empty: the user
  uint64_t id = 0;
  bool operator==(const MailboxKey&) const = default;
};

// How far the telling got.
enum class Told { All, Part };

class Selected {
 public:
  // `info.name_` is what the client calls it; `owner` empty: the user.
  static ph::Result<Selected> open(std::shared_ptr<ph::Account> account, const ph::MailboxInfo& info, std::string owner,
                                   bool readOnly);

  // What the mailbox is in: the user's account or another's.
  ph::Account& account() const { return *account_; }
  const std::shared_ptr<ph::Account>& sharedAccount() const { return account_; }
  bool isOwn() const { return owner_.empty(); }
  MailboxKey key() const { return {owner_, mailboxId_}; }
  uint64_t mailboxId() const { return mailboxId_; }
  uint64_t realm() const { return realm_; }
  // The user's, as they are now.
  uint32_t rights() const { return isOwn() ? rights_ : account_->rights(mailboxId_); }
  const std::string& name() const { return name_; }
  uint32_t uidValidity() const { return uidValidity_; }
  bool readOnly() const { return readOnly_; }
  const ph::View& view() const { return view_; }
  uint32_t count() const { return view_.count(); }
  uint32_t lastUid() const { return count() == 0 ? 0 : view_.uid(count()); }
  // The highest UID that was ever in use, as far as this session knows: UIDNEXT - 1.
  uint32_t highestUid() const { return highestUid_; }
  // The client was told all changes up to here: its HIGHESTMODSEQ.
  uint64_t modseq() const { return view_.modseq(); }

  // All flags up to here; ahead of modseq() while expunges wait.
  uint64_t toldModseq() const { return flagsModseq_; }

  // The UIDs meant by a set of sequence numbers or UIDs, only of messages up to the last one the client knows.
  // Invalid: a sequence number that is not there (RFC 9051 6.4.5: a client error).
  ph::Result<ph::Account::Ranges> resolve(const ph::imap::SequenceSet& set, bool uids) const;

  // Appends EXPUNGE or VANISHED, EXISTS and FETCH FLAGS for what changed since the last call. Without manner.expunges
  // new messages wait too when something was expunged. Stops with Part when full(): to be called again, in the same
  // manner and before anything else. NotFound: the mailbox is gone.
  ph::Result<Told> show(const Manner& manner, std::string& out, const std::function<bool()>& full);

  // The session has told the client about these flags itself.
  void reported(uint64_t modseq, const ph::imap::NumberSet& uids);
  // A FETCH response of this command holds this MODSEQ.
  void sent(uint64_t modseq) { sent_ = std::max(sent_, modseq); }

  // FLAGS and PERMANENTFLAGS, for SELECT.
  void writeFlags(std::string& out) const;
  // Writes them anew when others changed the user's rights (RFC 4314 5.1.1).
  void refreshRights(std::string& out);
  // Writes them anew when one of the keywords was not among them (RFC 9051 7.3.5).
  void learn(std::string_view keywords, std::string& out);

  // The saved search result "$" (RFC 9051 6.4.4.1), as UIDs.
  const ph::imap::NumberSet& saved() const { return saved_; }
  void save(ph::imap::NumberSet uids) { saved_ = std::move(uids); }

 private:
  // What is being told: the way from view_ to `next`.
  struct Telling {
    ph::View next;
    ph::imap::NumberSet expunged, changed;  // UIDs of view_
    bool renumber = true;
    ph::imap::NumberCursor cursor{expunged};  // the next to tell
    uint32_t removed = 0;
    bool existsTold = false;
    uint32_t resume = 0;
  };
  struct Reported {
    uint64_t modseq;
    ph::imap::NumberSet uids;
  };

  bool isReported(uint64_t modseq, uint32_t uid) const;
  ph::Status begin(ph::View next, const Manner& manner);
  void compare(Telling& t) const;
  bool tellExpunged(const Manner& manner, std::string& out, const std::function<bool()>& full);
  ph::Result<bool> tellChanged(const Manner& manner, std::string& out, const std::function<bool()>& full);
  void writeChanged(const ph_row& row, uint32_t seq, const Manner& manner, std::string& out);
  void end();
  void writeModseq(std::string& out);
  void forgetSaved();

  std::shared_ptr<ph::Account> account_;
  std::string owner_;
  uint64_t mailboxId_ = 0;
  uint64_t realm_ = 0;
  uint32_t rights_ = 0;
  std::string name_;
  std::string keywords_;  // the client was told of these
  uint32_t uidValidity_ = 0;
  uint32_t highestUid_ = 0;
  bool readOnly_ = false;
  bool isBehind_ = false;  // the client was told to keep a HIGHESTMODSEQ below what it has seen
  ph::View view_;
  uint64_t flagsModseq_ = 0;  // flags up to here were told; may be ahead of view_
  uint64_t sent_ = 0;         // the highest MODSEQ in FETCH responses since the last show()
  uint64_t ahead_ = 0;        // and ever
  std::vector<Reported> reported_;
  std::unique_ptr<Telling> telling_;
  ph::imap::NumberSet saved_;
};

}  // namespace ph_imap
