#include "testkit/attempts.hpp"

#include "ph/text.hpp"
#include "testkit/fake_host.hpp"
#include "testkit/fake_message.hpp"

namespace ph::testkit {

namespace {

void forgetCurrent(ph_attempt& a) {
  if (a.message) fakeMessageTable().release(std::exchange(a.message, nullptr));
  a.current.reset();
}

bool usable(ph_attempt* a, const char* what) {
  if (a->ended) a->host->violations.push_back(std::string(what) + " after end()");
  return !a->ended;
}

void destination(ph_attempt* a, ph_destination* out) {
  const Destination& d = a->destination;
  out->route = d.route;
  out->domain = str(d.domain);
  out->host = str(d.host);
  out->port = d.port;
  out->proxy_port = d.proxyPort;
  out->lmtp = d.lmtp ? 1 : 0;
  out->tls = d.tls;
  out->families = d.families;
  out->helo = str(d.helo);
  out->username = str(d.username);
  out->password = str(d.password);
  out->mechanisms = str(d.mechanisms);
  out->proxy = str(d.proxy);
  out->source_ipv4 = str(d.sourceIpv4);
  out->source_ipv6 = str(d.sourceIpv6);
  out->earlier = d.earlier;
  out->hint = str(d.hint);
}

ph_status next(ph_attempt* a, ph_delivery* out) {
  if (!usable(a, "next()")) return PH_E_INVALID;
  forgetCurrent(*a);
  if (a->waiting.empty()) return PH_E_NOT_FOUND;
  a->current = std::move(a->waiting.front());
  a->waiting.pop_front();
  const Delivery& d = *a->current;
  a->message = makeMessage(&a->host->raw, d.contents);
  a->answered.assign(d.recipients.size(), false);
  out->flags = d.flags;
  out->id = str("txn1");
  out->reverse_path = str(d.reversePath);
  out->message = a->message;
  out->rcpt_count = d.recipients.size();
  out->ret = d.ret;
  out->priority = d.priority;
  out->envid = str(d.envid);
  out->deliver_by = d.deliverBy;
  out->by_mode = d.byMode;
  return PH_OK;
}

ph_status rcpt(ph_attempt* a, size_t index, ph_delivery_rcpt* out) {
  if (!usable(a, "rcpt()") || !a->current) return PH_E_INVALID;
  if (index >= a->current->recipients.size()) return PH_E_NOT_FOUND;
  const DeliveryRcpt& r = a->current->recipients[index];
  out->notify = r.notify;
  out->forward_path = str(r.forwardPath);
  out->orcpt = str(r.orcpt);
  return PH_OK;
}

ph_status result(ph_attempt* a, size_t index, const ph_attempt_result* r) {
  if (!usable(a, "result()") || !a->current || index >= a->answered.size()) return PH_E_INVALID;
  const std::string& path = a->current->recipients[index].forwardPath;
  if (a->answered[index]) {
    a->host->violations.push_back("a second result for " + path);
    return PH_E_CONFLICT;
  }
  a->answered[index] = true;
  a->results.push_back(AttemptOutcome::from(*r, path));
  return PH_OK;
}

void end(ph_attempt* a, const ph_attempt_result* overall, ph_str hint) {
  if (!usable(a, "end()")) return;
  forgetCurrent(*a);
  if (overall) a->overall = AttemptOutcome::from(*overall);
  a->hint = view(hint);
  if (a->hint.size() > 1024) a->host->violations.push_back("a hint of more than 1 KiB");
  a->ended = true;
}

}  // namespace

AttemptOutcome AttemptOutcome::from(const ph_attempt_result& r, std::string recipient) {
  return {std::move(recipient),
          r.outcome,
          r.code,
          r.flags,
          std::string(view(r.enhanced)),
          std::string(view(r.text)),
          std::string(view(r.host)),
          std::string(view(r.ip)),
          std::string(view(r.tls))};
}

Attempts::Attempts() : table_(sized<ph_transport>()) {
  table_.offer = [](const ph_host* host, const ph_transport_offer* offer) -> ph_status {
    auto& all = const_cast<Attempts*>(static_cast<const Attempts*>(host->get(host, kId)))->offers;
    return all.emplace(offer->name, *offer).second ? PH_OK : PH_E_CONFLICT;
  };
  table_.destination = destination;
  table_.next = next;
  table_.rcpt = rcpt;
  table_.result = result;
  table_.note = [](ph_attempt* a, ph_str text) {
    if (usable(a, "note()")) a->notes.emplace_back(view(text));
  };
  table_.end = end;
}

ph_attempt& Attempts::begin(FakeHost& host, const std::string& transport, Destination destination,
                            std::vector<Delivery> deliveries) {
  ph_attempt& a = attempts_.emplace_back();
  a.host = &host;
  a.destination = std::move(destination);
  a.waiting.assign(deliveries.begin(), deliveries.end());
  const auto& offer = offers.at(transport);
  if (offer.begin(offer.self, &a) != PH_OK) {
    a.overall = AttemptOutcome{"", PH_DELIVERY_TEMPORARY};
    a.ended = true;
  }
  return a;
}

void Attempts::cancel(const std::string& transport, ph_attempt& attempt) {
  const auto& offer = offers.at(transport);
  offer.cancel(offer.self, &attempt);
}

}  // namespace ph::testkit
