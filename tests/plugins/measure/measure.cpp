// Measures what calls across the border cost, seen from a plugin: a hook, a fact, a row of the store. `MAIL
// FROM:<measure@ACCOUNT.MAILBOX>` begins it; each figure is one line of the log.
#include <atomic>
#include <chrono>
#include <future>
#include <string>

#include "ph/plugin.hpp"
#include "ph/store.hpp"
#include "ph/transaction.hpp"
#include "ph_manifest.h"

namespace {

constexpr int kHookRuns = 20'000;
constexpr int kFactRuns = 200'000;
constexpr int kQueryRuns = 20;

uint64_t nowNs() {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

class MeasurePlugin : public ph::Plugin {
 public:
  using Plugin::Plugin;

  ph::Status start() override {
    static const char* const kFact[] = {"measure.fact", nullptr};
    ph_hook nothing = hook("nothing", PH_STAGE_HELO, PH_ROLE_INSPECT);
    nothing.run = [](void*, const ph_txn*, const ph_call*, ph_result*) -> ph_status { return PH_OK; };
    ph_hook facts = hook("facts", PH_STAGE_AUTH, PH_ROLE_INSPECT);
    facts.provides = kFact;
    facts.run = [](void* self, const ph_txn*, const ph_call*, ph_result* out) -> ph_status {
      return static_cast<MeasurePlugin*>(self)->writeFacts(out);
    };
    ph_hook trigger = hook("trigger", PH_STAGE_MAIL, PH_ROLE_OBSERVE);
    trigger.run = [](void* self, const ph_txn* txn, const ph_call*, ph_result*) -> ph_status {
      return static_cast<MeasurePlugin*>(self)->begin(txn);
    };
    for (const auto* h : {&nothing, &facts, &trigger}) {
      if (host().pipeline->hook_add(host().raw(), h) != PH_OK) return ph::Error{ph::Kind::Conflict, "hook refused"};
    }
    return {};
  }

 private:
  ph_hook hook(const char* name, int32_t stage, int32_t role) {
    auto h = ph::sized<ph_hook>();
    h.name = name;
    h.stage = stage;
    h.role = role;
    h.self = this;
    return h;
  }

  void report(std::string_view what, uint64_t since, double count) {
    const auto ns = static_cast<double>(nowNs() - since) / count;
    host().info("measured", {{"what", what}, {"ns", std::to_string(static_cast<uint64_t>(ns))}});
  }

  ph_status begin(const ph_txn* txn) {
    const std::string path(ph::view(host().pipeline->reverse_path(txn)));
    if (path.rfind("measure@", 0) != 0) return PH_OK;
    const auto dot = path.find('.');
    account_ = path.substr(8, dot - 8);
    mailbox_ = dot == std::string::npos ? "INBOX" : path.substr(dot + 1);
    return host().jobs->run(
        host().raw(), PH_POOL_DISK, [](void* self) { static_cast<MeasurePlugin*>(self)->measure(); }, this);
  }

  void measure() {
    stage("transaction and a stage without hooks", PH_STAGE_CONNECT, kHookRuns);
    stage("transaction and a stage with one hook", PH_STAGE_HELO, kHookRuns);
    stage("facts", PH_STAGE_AUTH, 1);
    rows();
    host().info("measured all");
  }

  // One run after the other, each waited for: what a lone client waits.
  void stage(std::string_view what, int32_t stage, int runs) {
    auto info = ph::sized<ph_txn_info>();
    info.listener = ph::str("measure");
    ph::Transaction txn;
    const uint64_t since = nowNs();
    for (int i = 0; i < runs; ++i) {
      txn = ph::Transaction::create(host(), info);  // it keeps every opinion
      auto verdict = ph::sized<ph_verdict>();
      std::promise<void> done;
      const auto end = [](void* ctx) { static_cast<std::promise<void>*>(ctx)->set_value(); };
      if (!txn.run(stage, verdict, end, &done)) done.get_future().wait();
    }
    if (runs > 1) report(what, since, runs);
    if (stage != PH_STAGE_AUTH) return;
    const uint64_t reading = nowNs();
    size_t sum = 0;
    for (int i = 0; i < kFactRuns; ++i) sum += txn.fact("measure.fact")->size();
    if (sum > 0) report("fact read", reading, kFactRuns);
  }

  ph_status writeFacts(ph_result* out) {
    const uint64_t since = nowNs();
    for (int i = 0; i < kFactRuns; ++i) {
      const ph_status s = host().pipeline->set_fact(out, ph::str("measure.fact"), ph::str("pass"));
      if (s != PH_OK) return s;
    }
    report("fact written", since, kFactRuns);
    return PH_OK;
  }

  void rows() {
    auto account = ph::Account::open(host(), account_);
    if (!account) return;
    auto box = account->mailbox(mailbox_);
    if (!box) return;
    columns(*account, box->id, "row with flags", 0);
    columns(*account, box->id, "row with envelope and structure",
            PH_COL_DATES | PH_COL_SIZE | PH_COL_ENVELOPE | PH_COL_BODYSTRUCTURE);
  }

  void columns(ph::Account& account, uint64_t mailbox, std::string_view what, uint32_t columns) {
    uint64_t count = 0;
    const uint64_t since = nowNs();
    for (int i = 0; i < kQueryRuns; ++i) {
      uint32_t next = 0;
      do {
        auto r = account.query(mailbox, {{1, UINT32_MAX}}, columns, next, [&](const ph_row&) { ++count; });
        if (!r) return;
        next = *r;
      } while (next != 0);
    }
    if (count > 0) report(what, since, static_cast<double>(count));
  }

  std::string account_, mailbox_;
};

}  // namespace

PH_PLUGIN(MeasurePlugin)
