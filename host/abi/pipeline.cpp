#include "ph/draft/host/pipeline.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <memory>

#include "abi/sized.hpp"
#include "abi/tables.hpp"
#include "log/log.hpp"
#include "ph/header/writer.hpp"
#include "ph/text.hpp"
#include "pipeline/delivery.hpp"
#include "pipeline/stage_run.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

using pipeline::Delivery;
using pipeline::Transaction;
using plugin::Instance;

constexpr size_t kMaxFact = 4096;
constexpr size_t kMaxRcpts = 100000;
constexpr size_t kMostTold = 100;  // recipients in a message's history
const log::Log kLog("pipeline");

// A transaction as plugins hold it: with the host's Delivery beside it.
struct Handle : Transaction {
  Delivery* delivery = nullptr;
};
Handle* of(ph_txn* t) {
  return static_cast<Handle*>(Transaction::from(t));
}

bool clean(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

ph_status hookAdd(const ph_host* host, const ph_hook* hook) {
  constexpr uint32_t kNeeded = offsetof(ph_hook, run) + sizeof(hook->run);
  if (!hook || hook->size < kNeeded) return PH_E_INVALID;
  auto* i = Instance::of(host);
  if (!i->mayRegister()) return PH_E_DENIED;
  const auto s = i->core().hooks->add(i, i->manifest().id, *hook);
  if (!s) i->log().error("hook refused", {{"reason", s.error().text}});
  return ph::fromStatus(s);
}

int32_t cancelled(const ph_call* c) {
  return c->cancelled ? 1 : 0;
}

uint64_t remainingMs(const ph_call* c) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(c->deadline - std::chrono::steady_clock::now()).count();
  return left > 0 ? static_cast<uint64_t>(left) : 0;
}

ph_status setVerdict(ph_result* out, int32_t verdict, int32_t code, ph_str enhanced, ph_str text) {
  if (verdict < PH_VERDICT_CONTINUE || verdict > PH_VERDICT_DISCONNECT || !clean(ph::view(text)) ||
      !clean(ph::view(enhanced)) || (code != 0 && (code < 200 || code > 599))) {
    return PH_E_INVALID;
  }
  out->verdict = pipeline::makeVerdict(verdict, code, ph::view(enhanced), ph::view(text));
  return PH_OK;
}

ph_status setFact(ph_result* out, ph_str name, ph_str value) {
  const auto& provides = out->hook->provides;
  if (std::find(provides.begin(), provides.end(), ph::view(name)) == provides.end()) return PH_E_DENIED;
  if (value.len > kMaxFact) return PH_E_LIMIT;
  out->facts.emplace_back(ph::view(name), ph::view(value));
  return PH_OK;
}

ph_status addHeader(ph_result* out, ph_str name, ph_str value) {
  if (!ph::header::isFieldName(ph::view(name)) || !clean(ph::view(value))) return PH_E_INVALID;
  out->headers.emplace_back(ph::view(name), ph::view(value));
  return PH_OK;
}

ph_status addAuthResult(ph_result* out, ph_str text) {
  if (text.len == 0 || !clean(ph::view(text))) return PH_E_INVALID;
  out->authResults.emplace_back(ph::view(text));
  return PH_OK;
}

ph_status setMailbox(ph_result* out, ph_str mailbox) {
  if (out->hook->stage != PH_STAGE_DELIVER || mailbox.len == 0) return PH_E_INVALID;
  out->mailbox = ph::view(mailbox);
  return PH_OK;
}

void info(const ph_txn* txn, ph_txn_info* out) {
  const auto& t = *Transaction::from(txn);
  *out = ph::sized<ph_txn_info>();
  out->submission = t.submission ? 1 : 0;
  out->session_id = t.sessionId;
  out->listener = ph::str(t.listener);
  out->protocol = ph::str(t.protocol);
  out->remote_ip = ph::str(t.remoteIp);
  out->local_ip = ph::str(t.localIp);
  out->helo = ph::str(t.helo);
  out->account = ph::str(t.account);
  out->tls_version = ph::str(t.tlsVersion);
  out->tls_cipher = ph::str(t.tlsCipher);
  out->public_id = ph::str(t.publicId);
}

ph_str messageId(const ph_txn* txn) {
  return ph::str(Transaction::from(txn)->id);
}
ph_str reversePath(const ph_txn* txn) {
  return ph::str(Transaction::from(txn)->reversePath);
}
void mailParams(const ph_txn* txn, ph_mail_params* out) {
  const auto& t = *Transaction::from(txn);
  ph_mail_params params = t.params;
  params.envid = ph::str(t.envid);
  give(params, out);
}
size_t rcptCount(const ph_txn* txn) {
  return Transaction::from(txn)->rcpts.size();
}

ph_status rcpt(const ph_txn* txn, size_t index, ph_rcpt* out) {
  const auto& t = *Transaction::from(txn);
  if (index >= t.rcpts.size()) return PH_E_NOT_FOUND;
  const auto& r = t.rcpts[index];
  auto rcpt = ph::sized<ph_rcpt>();
  rcpt.kind = r.kind;
  rcpt.forward_path = ph::str(r.forwardPath);
  rcpt.account = ph::str(r.account);
  rcpt.notify = r.notify;
  rcpt.orcpt = ph::str(r.orcpt);
  give(rcpt, out);
  return PH_OK;
}

size_t currentRcpt(const ph_txn* txn) {
  return Transaction::from(txn)->current;
}

ph_message* message(const ph_txn* txn) {
  const auto& m = Transaction::from(txn)->message;
  return m ? m->handle() : nullptr;
}

ph_status fact(const ph_txn* txn, ph_str name, ph_str* out) {
  const auto& facts = Transaction::from(txn)->facts;
  const auto i = facts.find(ph::view(name));
  if (i == facts.end()) return PH_E_NOT_FOUND;
  *out = ph::str(i->second);
  return PH_OK;
}

ph_status create(const ph_host* host, const ph_txn_info* info, ph_txn** out) {
  auto t = std::make_unique<Handle>();
  t->delivery = Instance::of(host)->core().delivery;
  t->setInfo(*info);
  *out = t.release()->handle();
  return PH_OK;
}

void destroy(ph_txn* txn) {
  delete of(txn);
}

ph_status setInfo(ph_txn* txn, const ph_txn_info* info) {
  of(txn)->setInfo(*info);
  return PH_OK;
}

ph_status setReversePath(ph_txn* txn, ph_str path, const ph_mail_params* params) {
  if (!clean(ph::view(path)) || !params) return PH_E_INVALID;
  auto* t = of(txn);
  t->reversePath = ph::view(path);
  const auto known = take(*params);
  if (!clean(ph::view(known.envid))) return PH_E_INVALID;
  t->params = known;
  t->envid = ph::view(known.envid);
  t->params.envid = {};
  if (t->rcpts.empty()) {  // once
    kLog.history("reception", {{"cid", std::to_string(t->sessionId)},
                               {"txn", t->id},
                               {"from", t->reversePath},
                               {"listener", t->listener},
                               {"remote", t->remoteIp},
                               {"helo", t->helo},
                               {"protocol", t->protocol},
                               {"tls", t->tlsVersion},
                               {"account", t->account}});
  }
  return PH_OK;
}

ph_status rcptAdd(ph_txn* txn, const ph_rcpt* r) {
  auto* t = of(txn);
  const auto known = take(*r);
  if (!clean(ph::view(known.forward_path)) || !clean(ph::view(known.orcpt))) return PH_E_INVALID;
  if (t->rcpts.size() >= kMaxRcpts) return PH_E_LIMIT;
  t->rcpts.push_back({known.kind,
                      std::string(ph::view(known.forward_path)),
                      std::string(ph::view(known.account)),
                      {},
                      {},
                      known.notify,
                      std::string(ph::view(known.orcpt))});
  if (t->rcpts.size() <= kMostTold) {
    kLog.history("recipient", {{"cid", std::to_string(t->sessionId)},
                               {"txn", t->id},
                               {"from", t->reversePath},
                               {"to", t->rcpts.back().forwardPath},
                               {"account", t->rcpts.back().account}});
  }
  return PH_OK;
}

ph_status rcptRemoveLast(ph_txn* txn) {
  auto* t = of(txn);
  if (t->rcpts.empty()) return PH_E_NOT_FOUND;
  t->rcpts.pop_back();
  return PH_OK;
}

ph_status setMessage(ph_txn* txn, ph_message* m) {
  mail::Message::from(m)->retain();
  of(txn)->message = mail::MessageRef(mail::Message::from(m));
  return PH_OK;
}

ph_status addTrace(ph_txn* txn, ph_str name, ph_str value) {
  if (!ph::header::isFieldName(ph::view(name)) || !clean(ph::view(value))) return PH_E_INVALID;
  of(txn)->trace.emplace_back(ph::view(name), ph::view(value));
  return PH_OK;
}

ph_status received(const ph_txn* txn, ph_sink sink) {
  const auto* t = static_cast<const Handle*>(Transaction::from(txn));
  const auto now = std::time(nullptr);
  tm local{};
  localtime_r(&now, &local);
  const std::string value = receivedValue(*t, t->delivery->hostname(), now, static_cast<int>(local.tm_gmtoff / 60));
  return sink.write(sink.ctx, value.data(), value.size());
}

int32_t run(ph_txn* txn, int32_t stage, ph_verdict* out, void (*fn)(void*), void* ctx) {
  auto* t = of(txn);
  t->current = stage == PH_STAGE_RCPT ? t->rcpts.size() - 1 : static_cast<size_t>(-1);
  Delivery& d = *t->delivery;
  return pipeline::runStage(d.hooks(), d.pool(), d.timers(), *t, stage, out, [fn, ctx] { fn(ctx); }) ? 1 : 0;
}

ph_status deliver(ph_txn* txn, ph_verdict* out) {
  auto* t = of(txn);
  if (!t->message) return PH_E_INVALID;
  *out = t->delivery->deliver(*t);
  return PH_OK;
}

ph_status outcome(const ph_txn* txn, size_t index, ph_verdict* out) {
  const auto& t = *Transaction::from(txn);
  if (index >= t.rcpts.size()) return PH_E_NOT_FOUND;
  *out = t.rcpts[index].outcome;
  return PH_OK;
}

}  // namespace

const void* pipelineTable() {
  static const ph_pipeline table = {
      sizeof(ph_pipeline), 0,          hookAdd,  cancelled, remainingMs, setVerdict, setFact,        addHeader,
      addAuthResult,       setMailbox, info,     messageId, reversePath, mailParams, rcptCount,      rcpt,
      currentRcpt,         message,    fact,     create,    destroy,     setInfo,    setReversePath, rcptAdd,
      rcptRemoveLast,      setMessage, addTrace, received,  run,         deliver,    outcome,
  };
  return &table;
}

}  // namespace posthouse::abi
