#include "report/post_office.hpp"

#include "ph/address/addr_spec.hpp"
#include "ph/guard.hpp"
#include "ph/message.hpp"
#include "ph/transaction.hpp"

namespace ph_mailauth {

namespace {

constexpr uint32_t kEveryMs = 5 * 60'000;
constexpr uint32_t kBudgetMs = 120'000;
constexpr int64_t kMs = 1000;

}  // namespace

PostOffice::PostOffice(const ph::Host& host, const SettingsBox& settings, Evaluations& evaluations)
    : host_(host),
      settings_(settings),
      sender_(
          evaluations,
          [this](const std::string& from, const std::string& to, const std::string& message, int64_t holdUntil) {
            return post(from, to, message, holdUntil);
          },
          [this](const std::string& domain, const std::string& what) {
            host_.info("DMARC reports", {{"domain", domain}, {"what", what}});
          }) {}

ph::Status PostOffice::start() {
  if (!host_.jobs || !host_.queue || !host_.accounts) return {};
  uint64_t id = 0;
  return ph::toStatus(host_.jobs->schedule(
                          host_.raw(), PH_POOL_HOOK, kEveryMs, kEveryMs,
                          [](void* self) {
                            auto* office = static_cast<PostOffice*>(self);
                            ph::guardVoid(&office->host_, "DMARC reports", [&] {
                              if (const auto done = office->run(); !done)
                                office->host_.warn("DMARC reports are late", {{"reason", done.error().text}});
                            });
                          },
                          this, &id),
                      "the timer of reports");
}

ph::Result<size_t> PostOffice::run() {
  const auto settings = settings_.get();
  if (!settings->sendReports) return size_t{0};
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return ph::Error{ph::Kind::Temporary, "reports are being sent already"};
  queued_ = 0;
  SenderSettings s;
  s.hostname = host_.hostname();
  s.from = settings->reportFrom.empty() ? "postmaster@" + s.hostname : settings->reportFrom;
  s.now = host_.wallMs() / kMs;
  HostResolver resolver(host_, kBudgetMs);
  if (auto done = sender_.run(s, resolver); !done) return done.error();
  return queued_;
}

ph::Status PostOffice::post(const std::string& from, const std::string& to, const std::string& message,
                            int64_t holdUntil) {
  const auto address = ph::address::parseAddrSpec(to);
  if (!address) return address.error();
  auto body = ph::Message::create(host_, message.size());
  if (!body || body.write(message) != PH_OK || body.finish() != PH_OK)
    return ph::Error{ph::Kind::Temporary, "no room for a message"};
  auto info = ph::sized<ph_txn_info>();
  info.submission = 1;  // without an account: the server's own mail, which is signed
  auto txn = ph::Transaction::create(host_, info);
  if (!txn) return ph::Error{ph::Kind::Temporary, "no room for a transaction"};
  auto params = ph::sized<ph_mail_params>();
  params.hold_until = holdUntil;
  auto found = ph::sized<ph_address_info>();
  if (host_.accounts->resolve(host_.raw(), ph::str(address->localpart), ph::str(address->domain), &found) != PH_OK)
    return ph::Error{ph::Kind::Invalid, to + " is no address"};
  auto rcpt = ph::sized<ph_rcpt>();
  rcpt.kind = found.kind;
  rcpt.forward_path = ph::str(to);
  rcpt.account = ph::str(found.account);
  if (auto s = txn.setReversePath(from, params); !s) return s;
  if (auto s = txn.addRcpt(rcpt); !s) return s;
  if (auto s = txn.setMessage(body); !s) return s;
  auto error = ph::noError();
  const ph_status queued = host_.queue->submit(host_.raw(), txn.raw(), &error);
  if (queued != PH_OK) return ph::Error{static_cast<ph::Kind>(queued), error.text};
  ++queued_;
  return {};
}

}  // namespace ph_mailauth
