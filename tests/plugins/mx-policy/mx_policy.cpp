// Judges exchangers by the first label of their names: refuse, encrypted, pkix, fail, throw, silent; else any.
#include "ph/mx_policy.hpp"

#include <stdexcept>
#include <string>

#include "ph/plugin.hpp"
#include "ph_manifest.h"

namespace {

class MxPolicyPlugin : public ph::Plugin {
 public:
  using Plugin::Plugin;
  ph::Status start() override { return policy_.offer(); }

 private:
  static ph::Status judge(const ph_mx_question& question, const ph::MxPolicy::Call& call) {
    const std::string host(ph::view(question.host));
    const std::string word = host.substr(0, host.find('.'));
    if (word == "fail") return ph::Error{ph::Kind::Temporary, "on purpose"};
    if (word == "throw") throw std::runtime_error("on purpose");
    if (word == "silent") return {};
    ph::MxAnswer a;
    a.refuse = word == "refuse";
    if (word == "encrypted") a.level = PH_MX_ENCRYPTED;
    if (word == "pkix") {
      a.level = PH_MX_PKIX;
      a.names = {host, "alt.example"};
    }
    a.text = "by the word " + word;
    call.answer(a);
    return {};
  }

  ph::MxPolicy policy_{host(), "by-name", 500, &judge};
};

}  // namespace

PH_PLUGIN(MxPolicyPlugin)
