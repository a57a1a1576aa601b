// Between the hooks and the evaluations: what a message was found to be waits here for what is done with it.
// Guarantees: at most kMaxWaiting messages wait, the oldest go first; hooks never wait for the disk.
// Threads: any.
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "dmarc/check.hpp"
#include "dmarc/override.hpp"
#include "report/evaluations.hpp"
#include "settings.hpp"

namespace ph_mailauth {

class Recorder {
 public:
  static constexpr size_t kMaxWaiting = 4096;

  Recorder(const ph::Host& host, const SettingsBox& settings, Evaluations& evaluations)
      : host_(host), settings_(settings), evaluations_(evaluations) {}

  // `key`: of the message. Nothing is kept when the domain wants no reports.
  void prepare(const std::string& key, const DmarcQuery& query, const DmarcResult& result, std::string_view ip,
               bool helo);
  // The first call for a message counts. `applied`: what was done.
  void settle(const std::string& key, DmarcPolicy asked, DmarcPolicy applied,
              const std::optional<DmarcOverride>& override, bool optional);

 private:
  std::optional<Evaluation> take(const std::string& key);

  const ph::Host& host_;
  const SettingsBox& settings_;
  Evaluations& evaluations_;
  std::mutex mutex_;
  std::map<std::string, Evaluation> waiting_;
  std::list<std::string> order_;
};

}  // namespace ph_mailauth
