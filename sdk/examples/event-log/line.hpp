// An event as a line of JSON. Threads: any.
#pragma once

#include <string>

#include "ph/events.hpp"

namespace event_log {

// Ends in LF. {"seq":7,"time":"2026-01-31T12:00:00.123Z","name":"...","account":"...","data":{...}}
std::string line(const ph::Event& event);

}  // namespace event_log
