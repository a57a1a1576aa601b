// What the queue knows of a message when it is taken over. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace posthouse::queue {

struct Envelope {
  std::string id;
  uint64_t connection = 0;  // that it came over, for logs
  std::string account;      // who submitted it
  std::string reversePath;
  uint32_t flags = 0;         // PH_MAIL_*
  int64_t queuedAt = 0;       // Unix seconds
  int64_t holdUntil = 0;      // Unix seconds: no delivery before, RFC 4865; 0: at once
  int32_t ret = 0;            // PH_RET_*
  std::string envid;          // RFC 3461 4.4, decoded
  int64_t deliverBy = 0;      // Unix seconds, RFC 2852; 0: not asked for
  int32_t byMode = 0;         // of deliverBy: 'N' or 'R'
  int32_t priority = 0;       // RFC 6710
  bool own = false;           // the server itself sends it: it is signed, as mail of accounts is; not kept
  bool notification = false;  // tells about another message: its file counts only together with its rows
  struct Recipient {
    std::string forwardPath;
    std::string account;     // empty: not local
    uint32_t number = 0;     // stays with it, part of the delivery key
    uint32_t notify = 0;     // PH_NOTIFY_*
    std::string orcpt;       // "rfc822;local@domain"
    std::string returnTo{};  // a reverse-path of its own, by which notifications are known; empty: the message's
    bool operator==(const Recipient&) const = default;
  };
  std::vector<Recipient> rcpts;
};

// What became of a recipient in one attempt.
struct Outcome {
  int32_t outcome = 0;  // PH_DELIVERED and kin
  int32_t code = 0;     // of the reply; 0: there was none
  uint32_t flags = 0;   // PH_ATTEMPT_*
  std::string enhanced;
  std::string text;
  std::string host;
  std::string ip;
  std::string tls;
};

}  // namespace posthouse::queue
