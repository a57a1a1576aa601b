// The open connections of all listeners, for people who look after the server.
// Threads: all from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace posthouse::net {

class Roster {
 public:
  struct Entry {
    uint64_t id = 0;
    std::string listener, protocol, remote;
    std::string account;  // empty: not logged in
    int64_t since = 0;    // Unix seconds
  };
  void add(Entry entry);
  void logIn(uint64_t id, std::string_view account);
  void remove(uint64_t id);
  std::vector<Entry> all() const;  // the oldest first

 private:
  mutable std::mutex mutex_;
  std::map<uint64_t, Entry> entries_;
};

}  // namespace posthouse::net
