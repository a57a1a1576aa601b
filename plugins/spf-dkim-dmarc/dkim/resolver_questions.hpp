// Key records through a resolver that answers one question after the other: for tools and tests.
// Threads: one at a time.
#pragma once

#include "dkim/key_questions.hpp"
#include "dns/resolver.hpp"

namespace ph_mailauth::dkim {

class ResolverQuestions final : public KeyQuestions {
 public:
  explicit ResolverQuestions(Resolver& resolver) : resolver_(resolver) {}

 private:
  void begin(const std::string& name) override { names_.push_back(name); }
  ph::DnsAnswer wait(size_t number) override { return resolver_.ask(names_[number], ph::DnsType::Txt); }

  Resolver& resolver_;
  std::vector<std::string> names_;
};

}  // namespace ph_mailauth::dkim
