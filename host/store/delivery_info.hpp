// What is known about how a message came: kept beside it, so that later mail from the same source can be judged by it.
// Domains are lower-case A-labels, localparts compared without case; empty: unknown or not there. Threads: plain
// values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/types.hpp"

namespace posthouse::store {

// How an identity was validated. For From: Dmarc, else aligned Strict or Relaxed.
enum class Validation : int {
  Unknown,
  Strict,
  Dmarc,
  Relaxed,
  Pass,
  Neutral,
  TempError,
  PermError,
  Fail,
  SoftFail,
  None
};

struct MailAddress {
  std::string localpart;
  std::string domain;
};

struct DeliveryInfo {
  std::string remoteIp;
  std::string heloDomain;
  MailAddress mailFrom;
  MailAddress rcptTo;
  MailAddress from;  // the author
  std::string fromOrgDomain;
  Validation heloValidation = Validation::Unknown;
  Validation mailFromValidation = Validation::Unknown;
  Validation fromValidation = Validation::Unknown;
  std::vector<std::string> dkimDomains;  // of signatures that are valid
  // A forwarder says nothing about the sender: its identities stand here, the fields above are empty then.
  std::string origHeloDomain;
  std::vector<std::string> origDkimDomains;
  bool isForward = false;
  bool isMailingList = false;
  bool isReport = false;  // set by append
  bool isReject = false;  // a copy of what was refused
  std::string destined;   // the mailbox it was meant for, when it was put into another
  std::string tlsVersion;
  std::string tlsCipher;
  bool requireTls = false;
};

// True for what lets later mail with the same identity count as the same sender's.
bool isValidated(Validation validation);

// The network of an address: level 1 is IPv4 /32 and IPv6 /64, 2 is /26 and /48, 3 is /21 and /32. Empty: no address.
std::string maskedIp(std::string_view ip, int level);

// Earlier deliveries that share one property with a new one.
struct PastQuery {
  enum class By {
    From,
    FromDomain,
    FromOrgDomain,
    MailFrom,
    MailFromDomain,
    HeloDomain,
    DkimDomain,
    Ip1,
    Ip2,
    Ip3
  } by = By::From;
  std::string localpart;             // for From and MailFrom
  std::string value;                 // the domain or the masked address
  std::optional<MailboxId> mailbox;  // the one it was delivered to, or destined for
  std::optional<bool> validated;     // only with the identity validated, or not (From*, MailFrom*, HeloDomain)
  std::int64_t since = 0;            // INTERNALDATE
  std::size_t max = 50;
};

struct PastDelivery {
  MessageId id = 0;
  std::int64_t date = 0;
  bool junk = false;  // $Junk; otherwise $NotJunk
  bool validated = false;
  MailAddress from;
};

}  // namespace posthouse::store
