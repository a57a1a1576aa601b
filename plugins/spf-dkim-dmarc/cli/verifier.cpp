#include "cli/verifier.hpp"

#include "dkim/verify.hpp"
#include "dmarc/discovery.hpp"

namespace ph_mailauth {

namespace {

// One question after the other.
class ResolverQuestions final : public dkim::KeyQuestions {
 public:
  explicit ResolverQuestions(Resolver& resolver) : resolver_(resolver) {}

 private:
  void begin(const std::string& name) override { names_.push_back(name); }
  ph::DnsAnswer wait(size_t number) override { return resolver_.ask(names_.at(number), ph::DnsType::Txt); }

  Resolver& resolver_;
  std::vector<std::string> names_;
};

}  // namespace

DkimVerifier dkimVerifier(int64_t now) {
  return [now](std::string_view message, Resolver& resolver) {
    dkim::VerifyPolicy policy;
    policy.now = now;
    policy.isPublicSuffix = isPublicSuffix;
    ResolverQuestions questions(resolver);
    dkim::KeyCache cache;
    auto results = dkim::verify(Octets(message), questions, cache, policy);
    return results ? std::move(*results) : std::vector<DkimResult>();
  };
}

}  // namespace ph_mailauth
