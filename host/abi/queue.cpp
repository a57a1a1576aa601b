#include "ph/draft/host/queue.h"

#include <openssl/rand.h>

#include <algorithm>
#include <ctime>

#include "abi/tables.hpp"
#include "accounts/accounts.hpp"
#include "ph/draft/host/accounts.h"
#include "ph/text.hpp"
#include "pipeline/aliases.hpp"
#include "pipeline/delivery.hpp"
#include "plugin/instance.hpp"
#include "queue/queue.hpp"

namespace posthouse::abi {
namespace {

// Case does not count in it: servers on the way may change it.
std::string newReturnId() {
  static constexpr char kDigits[] = "0123456789abcdefghjkmnpqrstvwxyz";
  unsigned char bytes[24];
  RAND_bytes(bytes, sizeof bytes);
  std::string out;
  for (const unsigned char b : bytes) out += kDigits[b & 31];
  return out;
}

ph_status submit(const ph_host* host, ph_txn* txn, ph_error* error) {
  const auto& t = *pipeline::Transaction::from(txn);
  if (!t.message || t.rcpts.empty()) return PH_E_INVALID;
  const auto header = pipeline::traceHeader(t);
  if (!header) {
    ph::fill(error, header.error().text);
    return PH_E_INVALID;
  }
  queue::Envelope e;
  e.id = t.id;
  e.connection = t.sessionId;
  e.account = t.account;
  e.own = t.submission;
  e.reversePath = t.reversePath;
  e.flags = t.params.flags;
  e.holdUntil = t.params.hold_until;
  e.ret = t.params.ret;
  e.envid = t.envid;
  e.deliverBy = t.params.deliver_by;
  if (e.deliverBy != 0) e.byMode = t.params.by_mode == 'R' ? 'R' : 'N';
  e.priority = std::clamp(t.params.priority, -9, 9);
  e.queuedAt = std::time(nullptr);
  uint32_t number = 0;
  const auto directory = plugin::Instance::of(host)->core().accounts->directory();
  const auto add = [&](const std::string& path, const std::string& account, uint32_t notify, const std::string& orcpt) {
    e.rcpts.push_back({path, account, number++, notify, orcpt});
    if (!t.account.empty()) e.rcpts.back().returnTo = directory->returnPath(t.account, t.reversePath, newReturnId());
  };
  for (const auto& r : t.rcpts) {
    if (r.kind != PH_ADDRESS_ALIAS) {
      add(r.forwardPath, r.account, r.notify, r.orcpt);
      continue;
    }
    const auto members = pipeline::aliasAccounts(*directory, t, r);
    if (!members) {
      ph::fill(error, members.error().text);
      return static_cast<ph_status>(members.error().kind);
    }
    // One success is told of an alias, as of a list: how many members it has is nobody's business. RFC 3461 5.2.7.
    uint32_t notify = r.notify;
    for (const auto& account : *members) {
      add(r.forwardPath, account, notify, r.orcpt);
      notify &= ~PH_NOTIFY_SUCCESS;
      if (notify == PH_NOTIFY_GIVEN) notify |= PH_NOTIFY_NEVER;
    }
  }
  return ph::fromStatus(plugin::Instance::of(host)->core().queue->submit(std::move(e), *header, *t.message.get()),
                        error);
}

}  // namespace

const void* queueTable() {
  static const ph_queue table = {sizeof(ph_queue), 0, submit};
  return &table;
}

}  // namespace posthouse::abi
