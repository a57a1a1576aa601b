#include "report/recorder.hpp"

#include <algorithm>
#include <memory>

namespace ph_mailauth {

namespace {

constexpr size_t kMaxSignatures = 10;

bool wantsReports(const DmarcResult& r) {
  if (r.status != DmarcStatus::Pass && r.status != DmarcStatus::Fail) return false;
  const auto& uris = r.published.record.aggregate;
  return std::any_of(uris.begin(), uris.end(), [](const DmarcUri& u) { return !u.mailbox().empty(); });
}

struct Job {
  const ph::Host* host;
  Evaluations* evaluations;
  Evaluation evaluation;
};

}  // namespace

void Recorder::prepare(const std::string& key, const DmarcQuery& query, const DmarcResult& result, std::string_view ip,
                       bool helo) {
  if (!settings_.get()->sendReports || !wantsReports(result)) return;
  Evaluation e;
  e.key = key;
  constexpr int64_t kMs = 1000;
  e.at = host_.wallMs() / kMs;
  e.domain = result.published.domain;
  e.record = result.published.text;
  e.treeWalk = settings_.get()->dmarcTreeWalk;
  const auto address = Ip::parse(ip);
  e.row.sourceIp = address ? address->text() : std::string(ip);
  e.row.dkim = result.dkimAligned;
  e.row.spf = result.spfAligned;
  e.row.headerFrom = result.domain;
  e.row.envelopeFrom = helo ? "" : query.spfDomain;
  for (const auto& d : query.dkim) {
    if (d.domain.empty() || e.row.dkimResults.size() == kMaxSignatures) continue;
    e.row.dkimResults.push_back({d.domain, d.selector, std::string(name(d.status))});
  }
  e.row.spfResults.push_back({query.spfDomain, helo ? "helo" : "mfrom", std::string(name(query.spf))});
  const std::lock_guard lock(mutex_);
  if (!waiting_.emplace(key, std::move(e)).second) return;
  order_.push_back(key);
  // What was settled leaves its key behind.
  while (order_.size() > kMaxWaiting) {
    waiting_.erase(order_.front());
    order_.pop_front();
  }
}

std::optional<Evaluation> Recorder::take(const std::string& key) {
  const std::lock_guard lock(mutex_);
  auto node = waiting_.extract(key);
  return node ? std::optional(std::move(node.mapped())) : std::nullopt;
}

void Recorder::settle(const std::string& key, DmarcPolicy asked, DmarcPolicy applied,
                      const std::optional<DmarcOverride>& override, bool optional) {
  auto e = take(key);
  if (!e) return;
  e->optional = optional;
  e->row.disposition = name(applied);
  if (override && asked != DmarcPolicy::None)
    e->row.reasons.push_back({override->reason, override->comment});
  else if (asked != applied)
    e->row.reasons.push_back({"local_policy", "the policy is not enforced here"});
  if (!host_.jobs) return;
  auto job = std::make_unique<Job>(Job{&host_, &evaluations_, std::move(*e)});
  const auto run = [](void* ctx) {
    const std::unique_ptr<Job> j(static_cast<Job*>(ctx));
    ph::guardVoid(j->host, "evaluation", [&] {
      if (auto s = j->evaluations->note(j->evaluation); !s)
        j->host->warn("a DMARC evaluation is lost", {{"domain", j->evaluation.domain}, {"reason", s.error().text}});
    });
  };
  if (host_.jobs->run(host_.raw(), PH_POOL_DISK, run, job.get()) == PH_OK) (void)job.release();
}

}  // namespace ph_mailauth
