// A ph.mx-policy/1 for both sides: a test says what holds for each host, and can ask a policy that a plugin offered.
// Answers come through ph.jobs/1 of the same host, as real ones come later. Threads: one.
#pragma once

#include <ph/draft/host/mx_policy.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ph/mx_policy.hpp"

namespace ph::testkit {

class FakeHost;

class MxPolicies {
 public:
  static constexpr const char* kId = "testkit.mx-policies";

  MxPolicies();
  const ph_mx_policy* table() const { return &table_; }

  std::map<std::string, MxAnswer> answers;  // by host; else PH_MX_ANY
  std::vector<std::string> asked;           // "domain host canonical mx-secure host-secure"

  std::map<std::string, ph_mx_policy_offer> offers;
  // What an offered policy says; nothing: it failed, or has not answered when all jobs were run.
  std::optional<MxAnswer> ask(FakeHost& host, const std::string& policy, const ph_mx_question& question);

 private:
  ph_mx_policy table_;
};

}  // namespace ph::testkit
