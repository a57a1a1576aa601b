// Judges by the reverse-path: word-reject@..., word-junk@..., word-late@... One hook finds the word, another one
// judges.
#include <chrono>
#include <string>
#include <thread>

#include "ph/plugin.hpp"
#include "ph_manifest.h"

namespace {

class HooksPlugin : public ph::Plugin {
 public:
  using Plugin::Plugin;

  ph::Status configure(const ph::Config& config, bool checkOnly) override {
    if (!checkOnly) prefix_ = config.string("prefix");
    return {};
  }

  ph::Status start() override {
    static const char* const kFact[] = {"test.word", nullptr};
    auto word = ph::sized<ph_hook>();
    word.stage = PH_STAGE_MAIL;
    word.role = PH_ROLE_INSPECT;
    word.name = "word";
    word.provides = kFact;
    word.self = this;
    word.run = [](void* self, const ph_txn* txn, const ph_call*, ph_result* out) -> ph_status {
      auto* p = static_cast<HooksPlugin*>(self);
      const std::string path(ph::view(p->host().pipeline->reverse_path(txn)));
      if (path.rfind(p->prefix_, 0) != 0) return PH_OK;
      const std::string found = path.substr(p->prefix_.size(), path.find('@') - p->prefix_.size());
      return p->host().pipeline->set_fact(out, ph::str("test.word"), ph::str(found));
    };
    auto judge = ph::sized<ph_hook>();
    judge.stage = PH_STAGE_MAIL;
    judge.role = PH_ROLE_JUDGE;
    judge.policy = PH_POLICY_TEMPFAIL;
    judge.deadline_ms = 200;
    judge.name = "judge";
    judge.wants = kFact;
    judge.self = this;
    judge.run = [](void* self, const ph_txn* txn, const ph_call*, ph_result* out) -> ph_status {
      const auto& api = *static_cast<HooksPlugin*>(self)->host().pipeline;
      ph_str fact{};
      if (api.fact(txn, ph::str("test.word"), &fact) != PH_OK) return PH_OK;
      const std::string word(ph::view(fact));
      if (word == "late") std::this_thread::sleep_for(std::chrono::milliseconds(600));
      if (word == "fail") return PH_E_BUG;
      if (word == "early") return api.set_verdict(out, PH_VERDICT_JUNK, 0, ph::str(""), ph::str(""));
      if (word == "reject")
        return api.set_verdict(out, PH_VERDICT_REJECT, 550, ph::str("5.7.1"), ph::str("the word is reject"));
      return PH_OK;
    };
    auto deliver = ph::sized<ph_hook>();
    deliver.stage = PH_STAGE_DELIVER;
    deliver.role = PH_ROLE_JUDGE;
    deliver.name = "deliver";
    deliver.wants = kFact;
    deliver.self = this;
    deliver.run = [](void* self, const ph_txn* txn, const ph_call*, ph_result* out) -> ph_status {
      const auto& api = *static_cast<HooksPlugin*>(self)->host().pipeline;
      ph_str fact{};
      if (api.fact(txn, ph::str("test.word"), &fact) != PH_OK) return PH_OK;
      api.add_header(out, ph::str("X-Word"), fact);
      if (ph::view(fact) == "junk") return api.set_verdict(out, PH_VERDICT_JUNK, 0, ph::str(""), ph::str(""));
      if (ph::view(fact) == "archive") return api.set_mailbox(out, ph::str("Archive"));
      return PH_OK;
    };
    for (const auto* hook : {&word, &judge, &deliver}) {
      if (host().pipeline->hook_add(host().raw(), hook) != PH_OK) return ph::Error{ph::Kind::Conflict, "hook refused"};
    }
    return {};
  }

 private:
  std::string prefix_ = "word-";
};

}  // namespace

PH_PLUGIN(HooksPlugin)
