// A ph.events/1 in memory. Events are readable at once; subscribers are told through a job of the fake host.
// Find it from a table function with Events::of. Threads: one.
#pragma once

#include <ph/draft/host/events.h>

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace ph::testkit {

class Events {
 public:
  static constexpr const char* kId = "testkit.events";

  struct Line {
    uint64_t seq;
    std::string name, account, data;
  };

  Events();
  const ph_events* table() const { return &table_; }
  static Events& of(const ph_host* host);

  void publish(const ph_host* host, const std::string& name, const std::string& account, const std::string& data);
  // As if the log were full: only events from `first` on are kept.
  void drop(uint64_t first);

  std::vector<Line> lines;
  std::map<std::string, uint64_t> cursors;
  bool cursorBroken = false;  // cursor_set fails

  struct Subscriber {
    const Events* log;
    void (*fn)(void*, uint64_t);
    void* ctx;
  };
  std::deque<Subscriber> subscribers;

 private:
  ph_events table_;
  uint64_t last_ = 0;
};

}  // namespace ph::testkit
