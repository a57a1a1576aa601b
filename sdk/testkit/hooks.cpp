#include "testkit/hooks.hpp"

#include <algorithm>
#include <string_view>

#include "ph/text.hpp"
#include "testkit/transaction.hpp"

struct ph_call {
  bool cancelled = false;
};

struct ph_result {
  const ph::testkit::Hook* hook = nullptr;
  ph::testkit::Opinion opinion;
};

namespace ph::testkit {

namespace {

constexpr size_t kMaxFact = 4096;

bool oneLine(std::string_view s) {
  return s.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

std::vector<std::string> names(const char* const* list) {
  std::vector<std::string> out;
  for (; list && *list; ++list) out.emplace_back(*list);
  return out;
}

ph_status hookAdd(const ph_host* host, const ph_hook* h) {
  constexpr uint32_t kNeeded = offsetof(ph_hook, run) + sizeof(h->run);
  if (h->size < kNeeded || !h->name || !h->run) return PH_E_INVALID;
  if (h->stage < PH_STAGE_CONNECT || h->stage > PH_STAGE_SUBMIT || h->role < PH_ROLE_OBSERVE ||
      h->role > PH_ROLE_EDIT || h->policy < PH_POLICY_OPEN || h->policy > PH_POLICY_CLOSED) {
    return PH_E_INVALID;
  }
  auto& hooks = Pipeline::of(host).hooks;
  Hook hook{h->name,         h->stage, h->role, h->policy, h->deadline_ms, names(h->provides),
            names(h->wants), h->self,  h->run};
  for (const auto& other : hooks) {
    for (const auto& fact : hook.provides) {
      if (std::count(other.provides.begin(), other.provides.end(), fact) > 0) return PH_E_CONFLICT;
    }
  }
  hooks.push_back(std::move(hook));
  return PH_OK;
}

ph_status setVerdict(ph_result* out, int32_t verdict, int32_t code, ph_str enhanced, ph_str text) {
  if (verdict < PH_VERDICT_CONTINUE || verdict > PH_VERDICT_DISCONNECT || !oneLine(view(text)) ||
      !oneLine(view(enhanced)) || enhanced.len > 11) {
    return PH_E_INVALID;
  }
  out->opinion.verdict = verdict;
  out->opinion.code = code;
  out->opinion.enhanced = view(enhanced);
  out->opinion.text = view(text);
  return PH_OK;
}

ph_status setFact(ph_result* out, ph_str name, ph_str value) {
  const std::string key(view(name));
  const auto& mine = out->hook->provides;
  if (std::find(mine.begin(), mine.end(), key) == mine.end()) return PH_E_DENIED;
  if (value.len > kMaxFact || !oneLine(view(value))) return PH_E_INVALID;
  out->opinion.facts[key] = view(value);
  return PH_OK;
}

ph_status addHeader(ph_result* out, ph_str name, ph_str value) {
  if (name.len == 0 || !oneLine(view(name)) || !oneLine(view(value))) return PH_E_INVALID;
  out->opinion.headers.emplace_back(view(name), view(value));
  return PH_OK;
}

void info(const ph_txn* t, ph_txn_info* out) {
  const Mail& m = t->mail;
  out->submission = m.submission ? 1 : 0;
  out->session_id = 7;
  out->listener = str(m.listener);
  out->protocol = str(m.protocol);
  out->remote_ip = str(m.remoteIp);
  out->helo = str(m.helo);
  out->account = str(m.account);
  out->public_id = str(m.publicId);
}

}  // namespace

Opinion askHook(const Hook& hook, const ph_txn& txn) {
  const ph_call call{Pipeline::of(txn.host).hookCancelled};
  ph_result out;
  out.hook = &hook;
  out.opinion.status = hook.run(hook.self, &txn, &call, &out);
  return out.opinion;
}

void addHookMethods(ph_pipeline& table) {
  table.hook_add = &hookAdd;
  table.cancelled = [](const ph_call* c) -> int32_t { return c->cancelled ? 1 : 0; };
  table.remaining_ms = [](const ph_call* c) -> uint64_t { return c->cancelled ? 0 : 30'000; };
  table.set_verdict = &setVerdict;
  table.set_fact = &setFact;
  table.add_header = &addHeader;
  table.add_auth_result = [](ph_result* out, ph_str text) -> ph_status {
    if (!oneLine(view(text))) return PH_E_INVALID;
    out->opinion.authResults.emplace_back(view(text));
    return PH_OK;
  };
  table.set_mailbox = [](ph_result* out, ph_str mailbox) -> ph_status {
    out->opinion.mailbox = view(mailbox);
    return PH_OK;
  };
  table.info = &info;
}

}  // namespace ph::testkit
