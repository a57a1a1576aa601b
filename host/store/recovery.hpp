// Recovery: brings an index and the message files of a closed account together again. Internal to the store.
// Guarantees: no file is removed; a message in a file that can be read is in the index afterwards; what a row says and
// no file proves is dropped and reported. Works inside a transaction of the caller. Threads: one.
#pragma once

#include <map>

#include "base/progress.hpp"
#include "store/change.hpp"
#include "store/meta.hpp"
#include "store/options.hpp"

namespace posthouse::store {

inline constexpr char kRecovered[] = "Recovered";

// What lies in msg/.
struct MessageFiles {
  std::map<MessageId, std::string> paths;
  std::vector<std::string> strays;  // what is no message file by its name
};
ph::Result<MessageFiles> listMessageFiles(env::Env& env, const std::string& folder);

struct Recovered {
  std::vector<std::string> said;  // what was found and done, for people
  std::set<MessageId> damaged;    // files whose metadata or bytes are wrong; no row names them now
  std::uint64_t added = 0;
  std::uint64_t lost = 0;  // messages without a file
};

class Recovery {
 public:
  Recovery(Step& step, env::Env& env, const MessageFiles& files, const Options& options, Recovered& result,
           const TellProgress& tell)
      : step_(step), env_(env), files_(files), options_(options), result_(result), tell_(tell) {}

  // In this order. Rows that name what is not there; UIDNEXT and UIDVALIDITY that are too low.
  ph::Status repairRows();
  // Messages whose files are gone, or not as long as they were.
  ph::Status dropMissing();
  // Counters and MODSEQ of mailboxes.
  ph::Status recount();
  // New UIDVALIDITY for every mailbox, above any that may ever have been given; older MODSEQs are forgotten. Left out
  // when the index is the account's own.
  ph::Status renew();
  // Files that no row names: into `mailbox`, or when empty into the one they were delivered to.
  ph::Status addUnknown(const std::string& mailbox);
  // Writes back what is left.
  ph::Status finish();

 private:
  ph::Status run(const char* sql, const char* done);
  ph::Status sayLost(MessageId id);
  ph::Status dropRemoved();
  ph::Status describeAnew(MessageId id);
  ph::Status addFile(MessageId id, const std::string& path, const std::string& mailbox);
  ph::Status insert(const Meta& meta, std::size_t offset, std::string_view visible);
  ph::Result<Mailbox*> target(const std::string& name);

  Step& step_;
  env::Env& env_;
  const MessageFiles& files_;
  const Options& options_;
  Recovered& result_;
  const TellProgress& tell_;
};

}  // namespace posthouse::store
