// Answers that are still good. RFC 1035 7.4, RFC 2308 5, RFC 9520 3.2.
// Guarantees: nothing is answered beyond its time; a bound of entries and of bytes holds, the least recently used go
// first; strangers who choose names can't make it slow. Threads: all from any thread.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "dns/types.hpp"

namespace posthouse::dns {

struct QuestionHash {
  size_t operator()(const Question& q) const;  // with a key of this process
};

class Cache {
 public:
  using Time = std::chrono::steady_clock::time_point;
  Cache(size_t maxEntries, size_t maxBytes) : maxEntries_(maxEntries), maxBytes_(maxBytes) {}

  struct Hit {
    std::shared_ptr<const Answer> answer;
    uint32_t ttl = 0;  // seconds left
  };
  std::optional<Hit> find(const Question& question, Time now);
  // For answer->ttl seconds; not at all when that is 0.
  void put(const Question& question, std::shared_ptr<const Answer> answer, Time now);
  void clear();

  size_t entries() const;
  size_t bytes() const;

 private:
  struct Entry {
    Question question;
    std::shared_ptr<const Answer> answer;
    Time end;
    size_t bytes = 0;
  };
  using List = std::list<Entry>;
  void erase(List::iterator entry);

  const size_t maxEntries_;
  const size_t maxBytes_;
  mutable std::mutex mutex_;
  List list_;  // most recently used first
  std::unordered_map<Question, List::iterator, QuestionHash> index_;
  size_t bytes_ = 0;
};

}  // namespace posthouse::dns
