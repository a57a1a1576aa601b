#include "dkim/key_questions.hpp"

#include "dns/resolver.hpp"

namespace ph_mailauth::dkim {

size_t KeyQuestions::ask(const std::string& name) {
  for (size_t i = 0; i < questions_.size(); ++i) {
    if (questions_[i].name == name) return i;
  }
  questions_.push_back({name, false, {}});
  begin(name);
  return questions_.size() - 1;
}

const ph::DnsAnswer& KeyQuestions::answer(size_t number) {
  Question& q = questions_[number];
  if (!q.answered) q.answer = wait(number);
  q.answered = true;
  return q.answer;
}

HostKeyQuestions::HostKeyQuestions(const ph::Host& host, uint32_t budgetMs, const ph_call* call)
    : host_(host), dns_(host), endMs_(host.monotonicMs() + budgetMs), call_(call) {}

void HostKeyQuestions::begin(const std::string& name) {
  const auto promise = std::make_shared<std::promise<ph::DnsAnswer>>();
  futures_.push_back(promise->get_future());
  const std::string text = dnsText(name);
  const uint64_t now = host_.monotonicMs();
  ph::DnsAnswer none;
  if (text.empty()) {
    none.outcome = ph::DnsAnswer::Outcome::NoName;
    promise->set_value(std::move(none));
  } else if (!dns_ || now >= endMs_) {
    none.text = dns_ ? "the time for this check is over" : "this host asks no resolver";
    promise->set_value(std::move(none));
  } else {
    dns_.query(
        text, ph::DnsType::Txt, static_cast<uint32_t>(endMs_ - now),
        [promise](ph::DnsAnswer a) { promise->set_value(std::move(a)); }, call_);
  }
}

ph::DnsAnswer HostKeyQuestions::wait(size_t number) {
  return futures_[number].get();  // the host answers in time, always
}

}  // namespace ph_mailauth::dkim
