// The ARC sets of a message: which belong together, and what their fields say.
// Guarantees: any message gives a chain or a reason why it has none that holds; at most kMaxSets sets.
// Threads: pure functions; the chain refers to the header it was read from. RFC 8617 4, 5.2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dkim/header_canon.hpp"
#include "dkim/signature.hpp"

namespace ph_mailauth::arc {

inline constexpr int kMaxSets = 50;  // RFC 8617 4.2.1

enum class ChainValue { None, Pass, Fail };  // cv=
std::string_view name(ChainValue value);

struct Set {
  const ph::header::Field* results = nullptr;    // ARC-Authentication-Results
  const ph::header::Field* signature = nullptr;  // ARC-Message-Signature
  const ph::header::Field* seal = nullptr;       // ARC-Seal
  std::string resultsText;                       // what follows "i=N;"
  dkim::Signature signatureTags;
  dkim::Signature sealTags;  // a=, b=, d=, s=, t= alone
  ChainValue cv = ChainValue::None;
};

struct Chain {
  std::vector<Set> sets;  // [0] is i=1
  std::string problem;    // not empty: it is broken, whatever the signatures say
  ChainValue status() const {
    return !problem.empty() ? ChainValue::Fail : sets.empty() ? ChainValue::None : ChainValue::Pass;
  }
};

Chain readChain(const dkim::HeaderFields& fields);

// Whether results, as "host; dmarc=pass header.from=a.example; spf=fail", say that `method` has passed.
bool saysPass(std::string_view results, std::string_view method);

}  // namespace ph_mailauth::arc
