// The host as a plugin sees it: interfaces by id, logging, clock.
// Threads: a Host may be used from any thread. It lives as long as the plugin instance.
#pragma once

#include <ph/draft/host/accounts.h>
#include <ph/draft/host/clock.h>
#include <ph/draft/host/config.h>
#include <ph/draft/host/events.h>
#include <ph/draft/host/jobs.h>
#include <ph/draft/host/log.h>
#include <ph/draft/host/message.h>
#include <ph/draft/host/pipeline.h>
#include <ph/draft/host/queue.h>
#include <ph/draft/host/services.h>
#include <ph/draft/host/session.h>
#include <ph/draft/host/store.h>
#include <ph/draft/host/tls.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ph/text.hpp"

namespace ph {

class Host {
 public:
  explicit Host(const ph_host* raw)
      : raw_(raw),
        log(get<ph_log>(PH_IF_LOG)),
        config(get<ph_config_api>(PH_IF_CONFIG)),
        clock(get<ph_clock>(PH_IF_CLOCK)),
        jobs(get<ph_jobs>(PH_IF_JOBS)),
        events(get<ph_events>(PH_IF_EVENTS)),
        services(get<ph_services>(PH_IF_SERVICES)),
        listener(get<ph_listener>(PH_IF_LISTENER)),
        session(get<ph_session_api>(PH_IF_SESSION)),
        tls(get<ph_tls>(PH_IF_TLS)),
        accounts(get<ph_accounts>(PH_IF_ACCOUNTS)),
        message(get<ph_message_api>(PH_IF_MESSAGE)),
        store(get<ph_store>(PH_IF_STORE)),
        queue(get<ph_queue>(PH_IF_QUEUE)),
        pipeline(get<ph_pipeline>(PH_IF_PIPELINE)) {}

  const ph_host* raw() const { return raw_; }

  // The table of an interface, nullptr when the host does not offer it.
  template <class T>
  const T* get(const char* id) const {
    return static_cast<const T*>(raw_->get(raw_, id));
  }

  using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  bool logs(int level) const { return log && log->enabled(raw_, level) != 0; }
  void write(int level, std::string_view text, Fields fields = {}, uint64_t session = 0) const {
    if (!logs(level)) return;
    std::vector<ph_field> list;
    list.reserve(fields.size());
    for (const auto& [key, value] : fields) list.push_back({str(key), str(value)});
    log->write(raw_, level, session, str(text), list.data(), list.size());
  }
  void error(std::string_view text, Fields fields = {}, uint64_t session = 0) const {
    write(PH_LOG_ERROR, text, fields, session);
  }
  void warn(std::string_view text, Fields fields = {}, uint64_t session = 0) const {
    write(PH_LOG_WARN, text, fields, session);
  }
  void info(std::string_view text, Fields fields = {}, uint64_t session = 0) const {
    write(PH_LOG_INFO, text, fields, session);
  }
  void debug(std::string_view text, Fields fields = {}, uint64_t session = 0) const {
    write(PH_LOG_DEBUG, text, fields, session);
  }

  int64_t wallMs() const { return clock->wall_ms(raw_); }
  uint64_t monotonicMs() const { return clock->monotonic_ms(raw_); }
  int zoneMinutes(int64_t wallSeconds) const { return clock->zone_minutes(raw_, wallSeconds); }
  std::string hostname() const {
    ph_str s{};
    return config->hostname(raw_, &s) == PH_OK ? std::string(view(s)) : std::string();
  }

 private:
  const ph_host* raw_;

 public:
  // nullptr when the host lacks the interface. A manifest's `requires` makes sure of those a plugin can't do without.
  const ph_log* const log;
  const ph_config_api* const config;
  const ph_clock* const clock;
  const ph_jobs* const jobs;
  const ph_events* const events;
  const ph_services* const services;
  const ph_listener* const listener;
  const ph_session_api* const session;
  const ph_tls* const tls;
  const ph_accounts* const accounts;
  const ph_message_api* const message;
  const ph_store* const store;
  const ph_queue* const queue;
  const ph_pipeline* const pipeline;
};

}  // namespace ph
