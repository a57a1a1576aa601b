// Whether one signature holds: for DKIM-Signature, ARC-Message-Signature and ARC-Seal alike.
// Threads: pure but for the key cache. RFC 6376 6.1.2, 6.1.3, RFC 8301, RFC 8617 5.2.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dkim/public_key.hpp"
#include "dkim/signature.hpp"
#include "ph/dns.hpp"
#include "results/dkim_result.hpp"

namespace ph_mailauth::dkim {

struct Finding {
  DkimStatus status = DkimStatus::Pass;
  std::string reason;  // for people: why it is no pass
  unsigned keyBits = 0;
  bool testing = false;
  bool secure = false;
};

// A key that may vouch for `signature`, in *key when the finding is a pass.
Finding checkKey(const Signature& signature, const ph::DnsAnswer& answer, KeyCache& cache,
                 std::shared_ptr<const ParsedKey>* key);

// RFC 6376 6.1.3: body first, it is the cheaper question. `data`: the header as signed. `bodyLength`: canonical.
Finding checkBodyHash(const Signature& signature, const std::string& digest, uint64_t bodyLength);
Finding checkHeader(const Signature& signature, const ParsedKey& key, std::string_view data);

}  // namespace ph_mailauth::dkim
