// What belongs to one mail transaction, from MAIL until its end: nothing of it outlives the transaction.
// Threads: the session's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "incoming.hpp"
#include "ph/session.hpp"
#include "ph/smtp/path.hpp"

namespace ph_smtp {

class Session;

struct Envelope {
  ph::smtp::Path reversePath;
  ph_mail_params params = ph::sized<ph_mail_params>();
  std::string envid;  // what params.envid points to
  // Canonical address -> its place in the host's transaction; the same mailbox twice gets one copy.
  std::map<std::string, size_t> recipients;
  std::string pending;                          // canonical form of the recipient being judged
  std::vector<size_t> answers;                  // LMTP: for each RCPT that was accepted, the place of its recipient
  size_t unknown = 0;                           // recipients of ours that nobody has, to be refused after the message
  bool needsUtf8 = false;                       // one of the addresses does
  bool delivered = false;                       // the host tried: each recipient has an outcome
  ph::Next (*afterDomain)(Session&) = nullptr;  // how MAIL goes on when the sender's domain was looked at
  std::unique_ptr<Incoming> incoming;

  bool has(uint32_t flag) const { return (params.flags & flag) != 0; }
};

}  // namespace ph_smtp
