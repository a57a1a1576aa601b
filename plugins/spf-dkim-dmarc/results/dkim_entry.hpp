// The entries of Authentication-Results for signatures and ARC chains. Threads: pure functions. RFC 8601 2.7.1, RFC
// 8617 10.
#pragma once

#include <string>

#include "arc/verify.hpp"
#include "results/dkim_result.hpp"

namespace ph_mailauth {

// "dkim=fail (the body has changed) header.d=example.org header.s=sel header.a=rsa-sha256 header.b=AuUoFEfD"
std::string dkimEntry(const DkimResult& result);
// "arc=pass header.oldest-pass=0 (sealed by b.example, a.example)"
std::string arcEntry(const arc::Result& result);

}  // namespace ph_mailauth
