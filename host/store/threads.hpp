// Conversations: every message is in one thread, kept right as messages come and go in any order.
// A message joins the nearest ancestor its References name that has the same base subject (reports: any subject); an
// ancestor that comes later takes its place, and joins threads it connects. A reply without references joins the latest
// message of the last four weeks with its base subject. Internal to the store. RFC 5256 3.
#pragma once

#include "store/change.hpp"
#include "store/describe.hpp"

namespace posthouse::store {

class Account;

struct ThreadPlace {
  MessageId thread = 0;
  MessageId parent = 0;
  bool muted = false;
};

// For a message whose cold row stands already, in a thread of its own; `date` is its INTERNALDATE.
ph::Result<ThreadPlace> joinThread(Step& step, MessageId id, std::int64_t date, const Ancestry& ancestry);

// Before its cold row goes. Its children hang on its own parent then, and the thread keeps its id.
ph::Status leaveThread(Step& step, MessageId id);

// Assigns all threads anew from the message files; muted and collapsed stay with the messages' new threads. The number
// of messages whose thread or parent changed. Blocks writers; for the command line.
ph::Result<std::uint64_t> rethread(Account& account);

}  // namespace posthouse::store
