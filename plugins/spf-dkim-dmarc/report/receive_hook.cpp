#include "report/receive_hook.hpp"

#include <algorithm>

#include "ph/message.hpp"
#include "ph/text/ascii.hpp"
#include "report/attachment.hpp"
#include "report/read.hpp"

namespace ph_mailauth {

namespace {

constexpr size_t kMaxMessage = 16 * 1024 * 1024;
constexpr int64_t kMs = 1000;

}  // namespace

bool isReportAddress(std::string_view forwardPath, const Settings& settings) {
  const auto address = ph::text::toLower(forwardPath);
  return std::find(settings.reportAddresses.begin(), settings.reportAddresses.end(), address) !=
         settings.reportAddresses.end();
}

ReceiveHook::ReceiveHook(const ph::Host& host, const SettingsBox& settings, ReceivedReports& reports)
    : host_(host),
      settings_(settings),
      reports_(reports),
      hook_(host, {"dmarc-reports", PH_STAGE_DELIVER, PH_ROLE_OBSERVE, PH_POLICY_OPEN, 60'000, {}, {"auth.dmarc"}},
            [this](ph::HookCall& call) { return look(call); }) {}

ph::Status ReceiveHook::look(ph::HookCall& call) const {
  const auto rcpt = call.currentRcpt();
  if (!rcpt || !isReportAddress(ph::view(rcpt->forward_path), *settings_.get())) return {};
  const auto refused = [&](std::string_view why) {
    host_.info("no DMARC report", {{"to", ph::view(rcpt->forward_path)}, {"reason", why}}, call.info().session_id);
    return ph::Status();
  };
  if (call.fact("auth.dmarc") != "pass") return refused("it does not pass DMARC itself");
  const auto report = take(call.txn());
  if (!report) return refused(report.error().text);
  const int64_t now = host_.wallMs() / kMs;
  if (report->end > now + 60) return refused("its period has not ended");
  auto found = ph::sized<ph_address_info>();
  if (host_.accounts &&
      (host_.accounts->resolve(host_.raw(), ph::str("postmaster"), ph::str(report->domain), &found) != PH_OK ||
       found.kind == PH_ADDRESS_FOREIGN)) {
    return refused("it is not about a domain of ours");
  }
  const auto kept = reports_.keep(*report, now);
  if (!kept) return kept.error();
  host_.info(*kept ? "DMARC report received" : "DMARC report known already",
             {{"domain", report->domain}, {"organisation", report->organisation}, {"id", report->id}},
             call.info().session_id);
  return {};
}

ph::Result<AggregateReport> ReceiveHook::take(const ph_txn* txn) const {
  ph_message* raw = host_.pipeline->message(txn);
  if (!raw) return ph::Error{ph::Kind::NotFound, "there is no message"};
  host_.message->retain(raw);
  const ph::Message message(host_, raw);
  std::string buffer;
  const auto contents = message.contents(buffer, kMaxMessage);
  if (!contents) return contents.error();
  const auto packed = reportAttachment(*contents);
  if (!packed) return packed.error();
  return readReport(*packed);
}

}  // namespace ph_mailauth
