// Access control lists of an account's mailboxes: what other accounts may do there. RFC 4314 2.
//
// An identifier is an account's name or "anyone"; with a dash before it, its rights are taken away. A viewer has the
// rights of its own entry and of "anyone" together, less those that either's dash takes. The owner is in no list: it
// has all rights, always.
// Threads: an Acl never changes; a commit that changes a list makes a new one.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ph/imap/rights.hpp"
#include "store/change.hpp"

namespace posthouse::store {

using ph::imap::Rights;
namespace right = ph::imap::right;

inline constexpr std::string_view kAnyone = "anyone";

struct AclEntry {
  std::string identifier;
  Rights rights = 0;
};
using AclEntries = std::vector<AclEntry>;  // by identifier

enum class AclMode { Replace, Add, Remove };

// What of a list holds for `viewer`.
Rights rightsOf(const AclEntries& entries, std::string_view viewer);

class Acl {
 public:
  static ph::Result<std::shared_ptr<const Acl>> read(db::Database& index);

  const AclEntries& of(MailboxId mailbox) const;
  Rights rights(MailboxId mailbox, std::string_view viewer) const { return rightsOf(of(mailbox), viewer); }
  bool empty() const { return lists_.empty(); }
  // Whom any list gives something.
  std::set<std::string> grantees() const;

 private:
  std::map<MailboxId, AclEntries> lists_;
};

// Inside a change: as it is there, not as it was last committed.
ph::Result<Rights> rightsIn(Step& step, MailboxId mailbox, std::string_view viewer);
// Denied: the viewer may look it up, but lacks some of `needed`; NotFound: it need not know that it exists. An empty
// viewer is the owner.
ph::Status checkRights(Step& step, MailboxId mailbox, std::string_view viewer, Rights needed);
ph::Status refusal(Rights has, Rights needed, Rights shows = right::kLookup);
// The new mailbox gets the list of its parent (RFC 4314 4, CREATE).
ph::Status inheritAcl(Step& step, MailboxId mailbox, const std::string& name);

// Rights that were taken away must not come back with an older copy of the index. So each time a file acl.N is made
// durable before the commit that writes N into the index; where a rebuild finds another number in the index than in the
// folder, its lists prove nothing and go.
class Revocation {
 public:
  // On the leader, before the transaction.
  ph::Status prepare(Core& core, std::set<std::string>& folders);
  ph::Status apply(Step& step);
  void undo(Core& core);
  void finish(Core& core);

 private:
  std::int64_t number_ = 0;  // 0: nothing is taken away
};
// Of a rebuilt index: drops all lists that are not proven; true: there were some.
ph::Result<bool> dropUnprovenAcl(db::Database& index, env::Env& env, const std::string& folder);

}  // namespace posthouse::store
