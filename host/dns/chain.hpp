// From replies to one answer: follows CNAMEs through a reply and on to the next question. RFC 1034 3.6.2, RFC 2308 2,
// RFC 6604 3.
// Guarantees: ends after at most kMaxAliases CNAMEs; a loop is a temporary failure. Threads: one.
#pragma once

#include <set>
#include <string>

#include "dns/wire.hpp"

namespace posthouse::dns {

inline constexpr size_t kMaxAliases = 16;
// What is kept at most, whatever the answer says: found, and not found (RFC 2308 5).
inline constexpr uint32_t kMaxTtl = 86400;
inline constexpr uint32_t kMaxNegativeTtl = 3600;

class Chain {
 public:
  explicit Chain(Question question);

  enum class Step {
    Done,   // answer() is complete
    Ask,    // the rest is to be asked for: question()
    Wrong,  // a reply that says nothing: problem(); the server does not do its work
  };
  // A reply with NOERROR or NXDOMAIN to question(). `trusted`: its server's AD bit counts.
  Step add(const Reply& reply, bool trusted);

  const Question& question() const { return at_; }
  Answer& answer() { return answer_; }
  const std::string& problem() const { return problem_; }

 private:
  Step follow(const Reply& reply);
  Step finish(Outcome outcome, uint32_t ttl);
  Step failed(const std::string& why);

  Question at_;
  std::set<std::string> seen_;
  uint32_t ttl_ = kMaxTtl;
  bool first_ = true;
  Answer answer_;
  std::string problem_;
};

}  // namespace posthouse::dns
