// Whether a message's ARC chain holds.
// Guarantees: each key is looked up once; of the message signatures, which all but the last one are only informative,
// at most 8 are verified; a chain that is broken by its form costs no lookup. A key that can't be looked up for now
// breaks the chain, too: its status has no word for that. Threads: one at a time. RFC 8617 5.2.
#pragma once

#include <string>
#include <vector>

#include "arc/chain.hpp"
#include "dkim/check.hpp"
#include "dkim/examination.hpp"
#include "dkim/key_questions.hpp"

namespace ph_mailauth::arc {

struct Result {
  ChainValue status = ChainValue::None;
  std::string reason;                // for people: why it does not hold
  std::vector<std::string> sealers;  // d= of the seals, the last one first
  std::string results;               // what the last sealer saw; only of a chain that holds
  int oldestPass = 0;  // the oldest ARC-Message-Signature that still holds; RFC 8617 5.2 step 5; 0: all do
};

class Verification {
 public:
  // All must outlive it. Asks for the keys and wishes for the body's hash.
  Verification(dkim::Examination& message, dkim::KeyQuestions& keys, dkim::KeyCache& cache);
  // After the body was read.
  Result finish();

 private:
  std::string checkSignature(const Set& set, size_t question, size_t bodyHash);
  std::string checkSeal(size_t last);

  dkim::Examination& message_;
  dkim::KeyQuestions& keys_;
  dkim::KeyCache& cache_;
  Chain chain_;
  struct Asked {
    size_t signatureKey, sealKey, bodyHash;
  };
  std::vector<Asked> asked_;
  size_t first_ = 0;  // older message signatures are not looked at
};

// The fields that the seal of set `last` (from 0) covers, its own without b=. RFC 8617 5.1.1.
std::string sealedData(const dkim::HeaderFields& fields, const std::vector<Set>& sets, size_t last);

}  // namespace ph_mailauth::arc
