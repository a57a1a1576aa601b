// The signers that plugins contribute, asked for the header fields of a message that leaves.
//
// Guarantees: sign() waits for no signer longer than its deadline; a failing one counts as its policy says, loudly;
// what is no block of header fields is never used. Without signers nothing is read and nothing waits. Threads: all from
// any thread; sign() blocks. RFC 6376 5.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "mail/message.hpp"
#include "ph/draft/host/signer.h"
#include "ph/result.hpp"

namespace posthouse::jobs {
class Pool;
class Timers;
}  // namespace posthouse::jobs

namespace posthouse::signing {

struct Signer {
  std::string plugin;
  std::string name;
  int32_t policy = PH_SIGNER_OPEN;
  std::chrono::milliseconds deadline{30000};
  void* self = nullptr;
  ph_status (*sign)(void* self, const ph_signing* what, ph_sink fields) = nullptr;
  // Around each call: its plugin stays until it has returned. False: it is stopping, or not to be called.
  std::function<bool()> begin;
  std::function<void()> end;
  // The call is over its deadline; it hangs; it returned after all.
  std::function<void()> late = [] {};
  std::function<void()> stuck = [] {};
  std::function<void(bool wasStuck)> returned = [](bool) {};
};

// Who sends a message, and as whom.
struct Sender {
  std::string account;  // empty: the server itself
  std::string reversePath;
  std::string txn{};  // the message's id, for its history
};

class Signers {
 public:
  Signers(jobs::Pool& pool, jobs::Timers& timers) : pool_(pool), timers_(timers) {}

  ph::Status add(const void* owner, Signer signer);  // Conflict: the name is taken; Invalid
  void remove(const void* owner);                    // those of `owner` are asked no more
  // Complete fields to put on top of `headers` and `message`. Temporary: the mail must wait.
  ph::Result<std::string> sign(const Sender& sender, const std::string& headers, const mail::Message& message) const;

 private:
  struct Entry {
    const void* owner;
    std::shared_ptr<const Signer> signer;
  };
  jobs::Pool& pool_;
  jobs::Timers& timers_;
  std::atomic<bool> any_{false};
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

// Whether `text` is nothing but complete header fields. RFC 5322 2.2.
bool areFields(std::string_view text);

}  // namespace posthouse::signing
