// The message that is being sent, with those of its recipients that go to this destination.
// Guarantees: owns its texts, and a reference to the message. Threads: belongs to its attempt.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/outcome.hpp"
#include "ph/message.hpp"

namespace ph_smtp::client {

struct Recipient {
  std::string forwardPath;
  std::string orcpt;
  uint32_t notify = 0;
  std::optional<Outcome> result;   // at the server that is being tried
  std::optional<Outcome> earlier;  // what a server before it replied
  bool reported = false;
};

struct Mail {
  std::string id;
  std::string reversePath;
  std::string envid;
  uint32_t flags = 0;  // PH_MAIL_*
  int32_t ret = PH_RET_DEFAULT;
  int32_t priority = 0;
  int64_t deliverBy = 0;
  char byMode = 0;
  ph::Message message;
  uint64_t size = 0;
  std::vector<Recipient> recipients;

  // The attempt's next message; nothing: there is none. Reads from disk.
  static std::optional<Mail> next(const ph::Host& host, const ph::Attempt& attempt);

  // RFC 8689 4.2.1: not for notifications.
  bool requireTls() const { return (flags & PH_MAIL_REQUIRETLS) != 0 && !reversePath.empty(); }
  // Delivery matters more than TLS (RFC 8689 4.2.2); REQUIRETLS is stronger.
  bool tlsOptional() const { return (flags & PH_MAIL_TLS_OPTIONAL) != 0 && !requireTls(); }
  bool binary() const { return (flags & PH_MAIL_BINARYMIME) != 0; }
  bool needsUtf8() const;
  // Some recipient was delivered or refused for good.
  bool decided() const;
  bool allReported() const;
  // Forgets the results of the server that was tried, but keeps what it said for the case that no other one speaks.
  void forNextServer();
};

}  // namespace ph_smtp::client
