// Typed interfaces one plugin offers to another, with leases. Threads: all from any thread.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "ph/types.h"

namespace posthouse::plugin {

class Services {
 public:
  ph_status offer(const void* owner, std::string_view id, const void* table);
  // PH_E_UNAVAILABLE: nobody offers it. Every success needs a release.
  ph_status acquire(std::string_view id, const void** table, void** lease);
  void release(void* lease);
  // Withdraws all of `owner` and waits up to `ms` for the leases; false when some are still held.
  bool withdraw(const void* owner, uint32_t ms);

 private:
  struct Entry {
    const void* owner = nullptr;
    const void* table = nullptr;
    int leases = 0;
    bool withdrawn = false;
  };
  std::mutex mutex_;
  std::condition_variable released_;
  std::multimap<std::string, Entry, std::less<>> entries_;  // withdrawn ones stay until their last lease ends
};

}  // namespace posthouse::plugin
