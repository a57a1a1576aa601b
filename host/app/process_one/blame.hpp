// Which plugins crashed the worker, as the worker said with its last breath, and which are not to be started any more.
// Pure: time is given.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace posthouse::app {

class Blame {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr size_t kCrashes = 3;  // as many in kPeriod are too many
  static constexpr auto kPeriod = std::chrono::hours(1);
  static constexpr size_t kMaxPlugins = 1000;  // the names come from a process that crashed

  void crashed(const std::string& plugin, Clock::time_point now);
  void pardon(const std::string& plugin) { crashes_.erase(plugin); }
  // Those with too many crashes; once there they stay until they are pardoned.
  std::vector<std::string> quarantined() const;

 private:
  std::map<std::string, std::vector<Clock::time_point>> crashes_;
};

}  // namespace posthouse::app
