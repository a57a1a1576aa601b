// Tells a client what it asked for with NOTIFY, between its commands and in IDLE. RFC 5465 3, 5.
//
// Nothing is queued: when something changed, the mailboxes are compared with what the client was told last. So many
// changes of one mailbox are one response, and memory is bounded by the number of mailboxes. What would be too much to
// say ends it with NOTIFICATIONOVERFLOW.
// Threads: one session's; the watch calls from any thread.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fetch/task.hpp"
#include "notify/request.hpp"
#include "session.hpp"

namespace ph_imap {

class Notifier {
 public:
  // With `before`, which this one replaces, nothing is lost between the two.
  Notifier(Session& s, NotifyRequest request, const Notifier* before = nullptr);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  const NotifyRequest& request() const { return request_; }

  // Answered: all is told. Output: call it again when the output is sent. Close: the session is over.
  Step tell(Session& s, Expunges delayed);
  // Another mailbox is selected from now on; either may be missing. Of the one that is left the client knows what it
  // was told while it was selected, which may be less than what happened.
  void selects(const Selected* left, const Selected* next);
  // Messages that this client has made itself: they are not shown to it (RFC 5465 5.2).
  void own(const MailboxKey& mailbox, const ph::imap::NumberSet& uids);

  // It is in the middle of something: nothing else may be said.
  bool isBusy() const { return busy_; }
  // It said NOTIFICATIONOVERFLOW.
  bool isOver() const { return over_; }

 private:
  struct Known {
    std::string name;
    uint32_t uidValidity = 0, uidNext = 0, messages = 0, unseen = 0;
    uint64_t modseq = 0;
    bool subscribed = false;
  };
  using Mailboxes = std::map<uint64_t, Known>;
  using Names = std::unordered_map<std::string_view, const ph::MailboxInfo*>;

  static void changed(void* self, uint64_t mailboxId, uint64_t modseq);
  void follow(Session& s);
  Step tellSelected(Session& s, Expunges delayed);
  void look(Session& s);
  void compareNames(Session& s, const Mailboxes& next, const Names& all);
  Known asNew(const ph::MailboxInfo& m) const;
  void compareContents(Session& s, const Mailboxes& next, const std::vector<ph::MailboxInfo>& all);
  void compareSubscriptions(Session& s, const Mailboxes& next, const Names& all);
  void compareMetadata(Session& s, const Mailboxes& next);
  void tellName(Session& s, const Names& all, const std::string& name, const std::string& oldName = {});

  const NotifyRequest request_;
  const ph::Host& host_;
  const ph::Account& account_;
  const uint64_t session_;
  uint64_t watch_ = 0;
  std::shared_ptr<ph::Account> followed_;  // another's, of the selected mailbox
  uint64_t followedWatch_ = 0;
  std::atomic<bool> dirty_{false};
  Mailboxes known_;
  std::set<std::string> goneSubscriptions_;  // to names without a mailbox
  uint64_t metadataModseq_ = 0;
  std::set<std::string> named_;  // told in this look
  size_t events_ = 0;
  MailboxKey fetchedMailbox_;
  uint32_t fetchedUid_ = 0;
  ph::imap::NumberSet own_;  // in fetchedMailbox_, not yet told
  std::unique_ptr<FetchTask> fetching_;
  bool busy_ = false;
  bool over_ = false;
};

}  // namespace ph_imap
