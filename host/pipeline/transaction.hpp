// One mail transaction: what ph_txn is inside the host. A copyable record, so that hooks get a snapshot of their own
// and a late hook never sees a change.
// Threads: one at a time; a snapshot is immutable.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mail/message.hpp"
#include "ph/draft/host/pipeline.h"
#include "ph/text.hpp"

namespace posthouse::pipeline {

struct Recipient {
  int kind = 0;  // PH_ADDRESS_*
  std::string forwardPath;
  std::string account;
  std::string mailbox;  // chosen by a deliver hook; empty: INBOX
  ph_verdict outcome{};
  uint32_t notify = 0;  // PH_NOTIFY_*
  std::string orcpt{};
};

struct Transaction {
  std::string id;
  // DNS questions that hooks asked; one count for all snapshots.
  std::shared_ptr<std::atomic<uint32_t>> questions = std::make_shared<std::atomic<uint32_t>>(0);
  bool submission = false;
  uint64_t sessionId = 0;
  std::string listener;
  std::string protocol;
  std::string remoteIp;
  std::string localIp;
  std::string helo;
  std::string account;
  std::string tlsVersion;
  std::string tlsCipher;
  std::string publicId;
  std::string reversePath;
  ph_mail_params params = ph::sized<ph_mail_params>();  // without envid
  std::string envid;
  std::vector<Recipient> rcpts;
  size_t current = static_cast<size_t>(-1);
  mail::MessageRef message;
  std::vector<std::pair<std::string, std::string>> trace;    // fields of the protocol plugin, e.g. Received
  std::vector<std::pair<std::string, std::string>> headers;  // fields hooks added
  std::vector<std::string> authResults;
  std::map<std::string, std::string, std::less<>> facts;
  // The strongest of junk, quarantine and discard that any stage so far said: decided at delivery.
  int disposition = PH_VERDICT_CONTINUE;

  Transaction();  // with a fresh id
  void setInfo(const ph_txn_info& info);
  static Transaction* from(ph_txn* t) { return reinterpret_cast<Transaction*>(t); }
  static const Transaction* from(const ph_txn* t) { return reinterpret_cast<const Transaction*>(t); }
  ph_txn* handle() { return reinterpret_cast<ph_txn*>(this); }
  const ph_txn* handle() const { return reinterpret_cast<const ph_txn*>(this); }
};

// PH_VERDICT_CONTINUE, or a host verdict with text.
ph_verdict makeVerdict(int verdict, int code = 0, std::string_view enhanced = {}, std::string_view text = {});

// The value of the Received field, RFC 5321 4.4. The client of a submission is not shown.
std::string receivedValue(const Transaction& txn, const std::string& hostname, int64_t unixSeconds, int zoneMinutes);

}  // namespace posthouse::pipeline
