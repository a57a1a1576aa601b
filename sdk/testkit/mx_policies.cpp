#include "testkit/mx_policies.hpp"

#include <memory>

#include "testkit/fake_host.hpp"

struct ph_mx_call {
  std::optional<ph::MxAnswer> answer;
};

namespace ph::testkit {

namespace {

struct Question {
  MxAnswer answer;
  void (*fn)(void*, const ph_mx_answer*);
  void* ctx;
};

}  // namespace

MxPolicies::MxPolicies() : table_(sized<ph_mx_policy>()) {
  table_.offer = [](const ph_host* host, const ph_mx_policy_offer* offer) -> ph_status {
    auto& all = const_cast<MxPolicies*>(static_cast<const MxPolicies*>(host->get(host, kId)))->offers;
    return all.emplace(offer->name, *offer).second ? PH_OK : PH_E_CONFLICT;
  };
  table_.answer = [](ph_mx_call* call, const ph_mx_answer* answer) { call->answer = MxAnswer::from(*answer); };
  table_.judge = [](const ph_host* host, const ph_mx_question* q, void (*fn)(void*, const ph_mx_answer*),
                    void* ctx) -> ph_status {
    auto& self = *const_cast<MxPolicies*>(static_cast<const MxPolicies*>(host->get(host, kId)));
    self.asked.push_back(std::string(view(q->domain)) + ' ' + std::string(view(q->host)) + ' ' +
                         std::string(view(q->canonical)) + (q->mx_secure ? " 1" : " 0") +
                         (q->host_secure ? " 1" : " 0"));
    const auto found = self.answers.find(std::string(view(q->host)));
    auto question =
        std::make_unique<Question>(Question{found == self.answers.end() ? MxAnswer() : found->second, fn, ctx});
    const auto work = [](void* c) {
      const std::unique_ptr<Question> question(static_cast<Question*>(c));
      question->answer.with([&](const ph_mx_answer& a) { question->fn(question->ctx, &a); });
    };
    const auto* jobs = static_cast<const ph_jobs*>(host->get(host, PH_IF_JOBS));
    const ph_status s = jobs->run(host, PH_POOL_HOOK, work, question.get());
    if (s == PH_OK) (void)question.release();  // the job has it
    return s;
  };
}

std::optional<MxAnswer> MxPolicies::ask(FakeHost& host, const std::string& policy, const ph_mx_question& question) {
  const auto& offer = offers.at(policy);
  ph_mx_call call;
  if (offer.judge(offer.self, &question, &call) != PH_OK) return std::nullopt;
  host.runJobs();
  return call.answer;
}

}  // namespace ph::testkit
