#include "queue/gate.hpp"

#include <algorithm>

#include "log/log.hpp"
#include "ph/draft/host/transport.h"
#include "ph/text/ascii.hpp"
#include "queue/queue.hpp"
#include "queue/suppression.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");

Outcome own(int32_t outcome, const char* enhanced, const char* text) {
  Outcome o;
  o.outcome = outcome;
  o.flags = PH_ATTEMPT_LOCAL;
  o.enhanced = enhanced;
  o.text = text;
  return o;
}

std::string_view localPart(std::string_view path) {
  return path.substr(0, path.rfind('@'));
}

}  // namespace

std::optional<Outcome> testErrorOf(std::string_view localPart) {
  const std::string name = ph::text::toLower(localPart);
  if (!name.starts_with("queue")) return {};
  if (name.ends_with("timeout")) return own(PH_DELIVERY_TEMPORARY, "4.4.2", "");
  if (name.ends_with("temperror")) return own(PH_DELIVERY_TEMPORARY, "4.0.0", "this address asks for this error");
  if (name.ends_with("permerror")) return own(PH_DELIVERY_PERMANENT, "5.0.0", "this address asks for this error");
  const std::string word = name.substr(name.size() - 3);
  if (!std::all_of(word.begin(), word.end(), ph::text::isDigit)) return {};
  if (word[0] != '4' && word[0] != '5') return {};
  Outcome o = own(word[0] == '4' ? PH_DELIVERY_TEMPORARY : PH_DELIVERY_PERMANENT, word[0] == '4' ? "4.0.0" : "5.0.0",
                  "this address asks for this error");
  o.code = (word[0] - '0') * 100 + (word[1] - '0') * 10 + (word[2] - '0');
  return o;
}

std::optional<Outcome> refusalOf(const Envelope& e, std::string_view forwardPath, const Settings& settings,
                                 int64_t now) {
  if (e.byMode == 'R' && e.deliverBy != 0 && e.deliverBy <= now)
    return own(PH_DELIVERY_PERMANENT, "5.4.7", "delivery time expired");
  if (!settings.disabledDomains.empty() && settings.disabledDomains.contains(domainOf(e.reversePath)))
    return own(PH_DELIVERY_TEMPORARY, "4.3.0", "the domain of the sender is switched off for now");
  if (settings.errorLocalparts && !e.notification) {
    if (auto o = testErrorOf(localPart(forwardPath))) return o;
    return testErrorOf(localPart(e.reversePath));
  }
  return {};
}

// Takes out of the parcel who must not be tried, and writes down why.
void Queue::passGate(Parcel* parcel) {
  const auto settings = this->settings();
  const int64_t now = s_.now();
  const auto& e = parcel->message.envelope;
  std::vector<RcptRow> go;
  for (const auto& r : parcel->rcpts) {
    auto refusal = refusalOf(e, r.rcpt.forwardPath, *settings, now);
    bool suppressed = false;
    if (!refusal && !e.account.empty() && suppressions_ != 0) {
      (void)ledger_->read([&](db::Database& db) -> ph::Status {
        suppressed = isSuppressed(db, e.account, r.rcpt.forwardPath).valueOr(false);
        return {};
      });
      if (suppressed) refusal = own(PH_DELIVERY_PERMANENT, "5.7.0", "the address is on the suppression list");
    }
    if (!refusal) {
      go.push_back(r);
    } else if (refusal->text.empty()) {
      giveBack({r}, kTestTimeout, [] {});
    } else {
      if (suppressed) publish("queue.suppressed", e, r.rcpt.forwardPath, *refusal);
      record(parcel->message, r, *refusal, [this, id = parcel->message.id](bool owed) {
        if (owed) notify(id);
      });
    }
  }
  parcel->rcpts = std::move(go);
}

}  // namespace posthouse::queue
