// All DKIM signatures of a message, verified in one pass.
// Guarantees: any message gives a result per DKIM-Signature field, in their order; at most `maxSignatures` are looked
// at, the others are neutral; each key is looked up once. Threads: one at a time. RFC 6376 6, RFC 8301, RFC 8601 2.7.1.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dkim/check.hpp"
#include "dkim/examination.hpp"
#include "dkim/key_questions.hpp"
#include "results/dkim_result.hpp"

namespace ph_mailauth::dkim {

struct VerifyPolicy {
  size_t maxSignatures = 8;
  int64_t now = 0;          // Unix seconds
  bool partialBody = true;  // l= may leave something of the body out
  // Whether nobody can own the domain: it is a public suffix, or above one. Empty: not asked.
  std::function<bool(const std::string& domain)> isPublicSuffix;
};

class Verification {
 public:
  // The first three must outlive it. Asks for the keys and wishes for the body's hashes.
  Verification(Examination& message, KeyQuestions& keys, KeyCache& cache, VerifyPolicy policy);
  // After the body was read.
  std::vector<DkimResult> finish();

 private:
  struct Case {
    const ph::header::Field* field;
    Signature signature;
    Finding finding;  // pass: nothing is known against it yet
    size_t question = 0;
    size_t bodyHash = 0;
  };
  Finding consider(const ph::Result<Signature>& parsed) const;
  Finding decide(const Case& c);

  Examination& message_;
  KeyQuestions& keys_;
  KeyCache& cache_;
  const VerifyPolicy policy_;
  std::vector<Case> cases_;
};

// The whole of it.
ph::Result<std::vector<DkimResult>> verify(const Octets& message, KeyQuestions& keys, KeyCache& cache,
                                           const VerifyPolicy& policy);

}  // namespace ph_mailauth::dkim
