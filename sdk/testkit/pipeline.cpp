#include "pipeline.hpp"

#include <ph/draft/host/accounts.h>
#include <ph/draft/host/jobs.h>

#include <algorithm>
#include <cstring>

#include "ph/text.hpp"
#include "testkit/hooks.hpp"
#include "testkit/transaction.hpp"

namespace ph::testkit {

namespace {

const ph_message_api& messages(const ph_host* host) {
  return *static_cast<const ph_message_api*>(host->get(host, PH_IF_MESSAGE));
}

template <size_t N>
void copy(char (&to)[N], const std::string& from) {
  const size_t n = from.copy(to, N - 1);
  to[n] = '\0';
}

void setInfo(ph_txn& t, const ph_txn_info& i) {
  t.mail.submission = i.submission != 0;
  t.mail.helo = view(i.helo);
  t.mail.protocol = view(i.protocol);
  t.mail.account = view(i.account);
  t.mail.publicId = view(i.public_id);
  t.mail.remoteIp = view(i.remote_ip);
  t.mail.listener = view(i.listener);
}

ph_status create(const ph_host* host, const ph_txn_info* info, ph_txn** out) {
  static int serial = 0;
  Pipeline& p = Pipeline::of(host);
  if (p.exhausted) return PH_E_LIMIT;
  auto* t = new ph_txn;
  t->host = host;
  t->mail.id = "txn" + std::to_string(++serial);
  setInfo(*t, *info);
  ++p.live;
  *out = t;
  return PH_OK;
}

void destroy(ph_txn* t) {
  if (t->message) messages(t->host).release(t->message);
  --Pipeline::of(t->host).live;
  delete t;
}

ph_status rcpt(const ph_txn* t, size_t index, ph_rcpt* out) {
  if (index >= t->mail.recipients.size()) return PH_E_NOT_FOUND;
  const Recipient& r = t->mail.recipients[index];
  out->kind = r.kind;
  out->forward_path = str(r.forwardPath);
  out->notify = r.notify;
  out->orcpt = str(r.orcpt);
  out->account = str(r.account);
  return PH_OK;
}

ph_status addRcpt(ph_txn* t, const ph_rcpt* r) {
  t->mail.recipients.push_back({r->kind,
                                std::string(view(r->forward_path)),
                                std::string(view(r->account)),
                                {},
                                r->notify,
                                std::string(view(r->orcpt))});
  return PH_OK;
}

ph_status setMessage(ph_txn* t, ph_message* m) {
  const auto& api = messages(t->host);
  api.retain(m);
  if (t->message) api.release(t->message);
  t->message = m;
  t->mail.contents.resize(api.length(m));
  size_t n = 0;
  return api.read(m, 0, t->mail.contents.data(), t->mail.contents.size(), &n);
}

void finishStage(void* ctx) {
  auto* t = static_cast<ph_txn*>(ctx);
  *t->out = t->answer;
  t->done(t->doneCtx);
}

int32_t run(ph_txn* t, int32_t stage, ph_verdict* out, void (*fn)(void*), void* ctx) {
  Pipeline& p = Pipeline::of(t->host);
  p.stages.push_back(stage);
  ph_verdict answer = Pipeline::verdict(PH_VERDICT_CONTINUE);
  if (const auto i = p.stageVerdicts.find(stage); i != p.stageVerdicts.end()) answer = i->second;
  if (stage == PH_STAGE_RCPT && !t->mail.recipients.empty()) {
    const auto i = p.recipientVerdicts.find(t->mail.recipients.back().forwardPath);
    if (i != p.recipientVerdicts.end()) answer = i->second;
  }
  if (!p.slow) {
    *out = answer;
    return 1;
  }
  t->out = out;
  t->answer = answer;
  t->done = fn;
  t->doneCtx = ctx;
  const auto* jobs = static_cast<const ph_jobs*>(t->host->get(t->host, PH_IF_JOBS));
  if (jobs->run(t->host, PH_POOL_HOOK, &finishStage, t) == PH_OK) return 0;
  *out = answer;
  return 1;
}

ph_status deliver(ph_txn* t, ph_verdict* out) {
  Pipeline& p = Pipeline::of(t->host);
  ph_verdict temporary{};
  ph_verdict refused = Pipeline::verdict(PH_VERDICT_REJECT, 550, "5.1.1", "no recipient");
  bool stored = false;
  for (auto& r : t->mail.recipients) {
    const auto i = p.deliverVerdicts.find(r.account);
    r.outcome = i == p.deliverVerdicts.end() ? Pipeline::verdict(PH_VERDICT_CONTINUE) : i->second;
    if (r.kind == PH_ADDRESS_UNKNOWN) r.outcome = Pipeline::verdict(PH_VERDICT_REJECT, 550, "5.1.1", "no such user");
    if (r.outcome.verdict == PH_VERDICT_TEMPFAIL) {
      temporary = r.outcome;
    } else if (r.outcome.verdict > PH_VERDICT_TEMPFAIL) {
      refused = r.outcome;
    } else {
      stored = true;
      p.stored.push_back({r.account, t->mail});
    }
  }
  *out = temporary.verdict ? temporary : stored ? Pipeline::verdict(PH_VERDICT_CONTINUE) : refused;
  return PH_OK;
}

}  // namespace

Pipeline& Pipeline::of(const ph_host* host) {
  return *const_cast<Pipeline*>(static_cast<const Pipeline*>(host->get(host, kId)));
}

Mail Pipeline::mailOf(const ph_txn* txn) {
  return txn->mail;
}

Opinion Pipeline::ask(const std::string& hook, const ph_host* host, const Mail& mail, ph_message* message) {
  const auto i = std::find_if(hooks.begin(), hooks.end(), [&](const Hook& h) { return h.name == hook; });
  if (i == hooks.end()) return {};
  ph_txn txn;
  txn.host = host;
  txn.mail = mail;
  txn.message = message;
  const bool one = i->stage == PH_STAGE_RCPT || i->stage == PH_STAGE_DELIVER;
  if (one && !mail.recipients.empty()) txn.current = mail.recipients.size() - 1;
  return askHook(*i, txn);
}

ph_verdict Pipeline::verdict(int32_t kind, int32_t code, const std::string& enhanced, const std::string& text,
                             const std::string& plugin) {
  auto v = sized<ph_verdict>();
  v.verdict = kind;
  v.code = code;
  copy(v.enhanced, enhanced);
  copy(v.text, text);
  copy(v.plugin, plugin);
  return v;
}

Pipeline::Pipeline() : table_(sized<ph_pipeline>()) {
  addHookMethods(table_);
  table_.create = &create;
  table_.destroy = &destroy;
  table_.set_info = [](ph_txn* t, const ph_txn_info* i) -> ph_status {
    setInfo(*t, *i);
    return PH_OK;
  };
  table_.message_id = [](const ph_txn* t) { return str(t->mail.id); };
  table_.reverse_path = [](const ph_txn* t) { return str(t->mail.reversePath); };
  table_.rcpt_count = [](const ph_txn* t) { return t->mail.recipients.size(); };
  table_.rcpt = &rcpt;
  table_.current_rcpt = [](const ph_txn* t) { return t->current; };
  table_.message = [](const ph_txn* t) { return t->message; };
  table_.fact = [](const ph_txn* t, ph_str name, ph_str* out) -> ph_status {
    const auto& facts = Pipeline::of(t->host).facts;
    const auto i = facts.find(std::string(view(name)));
    if (i == facts.end()) return PH_E_NOT_FOUND;
    *out = str(i->second);
    return PH_OK;
  };
  table_.mail_params = [](const ph_txn* t, ph_mail_params* out) { *out = t->mail.params; };
  table_.set_reverse_path = [](ph_txn* t, ph_str path, const ph_mail_params* params) -> ph_status {
    t->mail.reversePath = view(path);
    t->mail.params = *params;
    t->mail.envid = view(params->envid);
    t->mail.params.envid = {};
    return PH_OK;
  };
  table_.rcpt_add = &addRcpt;
  table_.rcpt_remove_last = [](ph_txn* t) -> ph_status {
    if (t->mail.recipients.empty()) return PH_E_NOT_FOUND;
    t->mail.recipients.pop_back();
    return PH_OK;
  };
  table_.set_message = &setMessage;
  table_.add_trace = [](ph_txn* t, ph_str name, ph_str value) -> ph_status {
    t->mail.trace.emplace_back(view(name), view(value));
    return PH_OK;
  };
  table_.received = [](const ph_txn* t, ph_sink sink) -> ph_status {
    const std::string value = "from " + t->mail.helo + " with " + t->mail.protocol + " id " + t->mail.id;
    return sink.write(sink.ctx, value.data(), value.size());
  };
  table_.run = &run;
  table_.deliver = &deliver;
  table_.outcome = [](const ph_txn* t, size_t index, ph_verdict* out) -> ph_status {
    if (index >= t->mail.recipients.size()) return PH_E_NOT_FOUND;
    *out = t->mail.recipients[index].outcome;
    return PH_OK;
  };
}

}  // namespace ph::testkit
