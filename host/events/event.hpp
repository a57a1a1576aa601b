// One line of the event log.
#pragma once

#include <cstdint>
#include <string>

namespace posthouse::events {

struct Event {
  uint64_t seq = 0;
  int64_t wallMs = 0;
  std::string name;
  std::string account;
  std::string data;  // JSON object
};

}  // namespace posthouse::events
