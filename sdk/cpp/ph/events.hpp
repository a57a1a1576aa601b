// A durable subscription to the event log: every event is handed over at least once, in order, across restarts.
// Threads: the functions given are called on workers, never two at once for one Subscription.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "ph/guard.hpp"
#include "ph/host.hpp"

namespace ph {

struct Event {
  uint64_t seq = 0;  // the same when an event comes again
  int64_t wallMs = 0;
  std::string name;
  std::string account;
  std::string data;  // JSON object
};

// Must live until the plugin is stopped, so keep it as a member of the plugin.
class Subscription {
 public:
  // Takes a batch. Make its effect durable before you answer: after success the events are not given again. After a
  // failure the same ones come again, a few seconds later.
  using Handler = std::function<Status(const std::vector<Event>&)>;
  // Events between the cursor and `first` were dropped before they were read. Without it a warning is logged.
  using Gap = std::function<void(uint64_t first)>;
  enum class Begin { Oldest, Newest };  // where a cursor begins that was never set

  Subscription(const Host& host, std::string cursor, Handler handler, Begin begin = Begin::Oldest, Gap gap = {})
      : host_(host), name_(std::move(cursor)), handler_(std::move(handler)), begin_(begin), gap_(std::move(gap)) {}
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  // Call in Plugin::start. The host ends it before Plugin::stop.
  Status begin() {
    const ph_status s = host_.events->subscribe(
        host_.raw(), [](void* self, uint64_t) { static_cast<Subscription*>(self)->wake(); }, this);
    if (s != PH_OK) return toStatus(s, "the events can't be subscribed to");
    // For lost wake-ups, for what failed, and for what happened while nobody listened.
    return toStatus(host_.jobs->schedule(host_.raw(), PH_POOL_HOOK, 0, kLookMs, &Subscription::look, this, nullptr),
                    "no timer for events");
  }

 private:
  static constexpr uint32_t kLookMs = 2000;
  static constexpr size_t kBatch = 500;
  static constexpr int kRounds = 20;  // then others may use the worker

  static void look(void* self) { static_cast<Subscription*>(self)->wake(); }

  void wake() {
    again_ = true;
    int rounds = 0;
    while (again_.exchange(false)) {
      const std::unique_lock lock(busy_, std::try_to_lock);
      if (!lock) {  // whoever is busy sees again_, or is about to end and the timer looks
        again_ = true;
        return;
      }
      if (++rounds > kRounds) {
        again_ = true;
        (void)host_.jobs->run(host_.raw(), PH_POOL_HOOK, &Subscription::look, this);
        return;
      }
      if (guard(&host_, "events", false, [this] { return step(); })) again_ = true;
    }
  }

  // One batch; true: there may be more.
  bool step() {
    if (!known_ && !findCursor()) return false;
    std::vector<Event> batch;
    uint64_t first = 0;
    const auto collect = [](void* ctx, const ph_event* e) -> int32_t {
      return guard<int32_t>(nullptr, "event", 1, [&] {
        static_cast<std::vector<Event>*>(ctx)->push_back({e->seq, e->wall_ms, std::string(view(e->name)),
                                                          std::string(view(e->account)), std::string(view(e->data))});
        return 0;
      });
    };
    const ph_status s = host_.events->read(host_.raw(), cursor_, kBatch, collect, &batch, &first);
    if (s == PH_E_CONFLICT && first > cursor_ + 1) {
      if (gap_) {
        gap_(first);
      } else {
        host_.warn("events were dropped before they were read",
                   {{"cursor", std::to_string(cursor_)}, {"oldest", std::to_string(first)}});
      }
      cursor_ = first - 1;
      return true;
    }
    if (s != PH_OK || batch.empty()) return false;
    if (const Status done = handler_(batch); !done) {
      host_.warn("events not taken, they come again", {{"reason", done.error().text}});
      return false;
    }
    cursor_ = batch.back().seq;
    // Not set: after a crash these come again, which is allowed.
    if (host_.events->cursor_set(host_.raw(), str(name_), cursor_) != PH_OK) host_.warn("the event cursor is not kept");
    return true;
  }

  bool findCursor() {
    const auto& api = *host_.events;
    if (api.cursor_get(host_.raw(), str(name_), &cursor_) != PH_OK) return false;
    if (cursor_ == 0 && begin_ == Begin::Newest && PH_HAS(&api, last)) {
      if (api.last(host_.raw(), &cursor_) != PH_OK) return false;
      if (cursor_ > 0 && api.cursor_set(host_.raw(), str(name_), cursor_) != PH_OK) return false;
    }
    known_ = true;
    return true;
  }

  const Host& host_;
  const std::string name_;
  const Handler handler_;
  const Begin begin_;
  const Gap gap_;
  std::atomic<bool> again_{false};
  std::mutex busy_;
  // Of whoever is busy.
  bool known_ = false;
  uint64_t cursor_ = 0;
};

}  // namespace ph
