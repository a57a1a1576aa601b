// A ph.secrets/1 in memory. Threads: one. "Random" bytes are always the same.
#pragma once

#include <ph/draft/host/secrets.h>

#include <functional>
#include <map>
#include <string>

namespace ph::testkit {

class Secrets {
 public:
  static constexpr const char* kId = "testkit.secrets";

  Secrets();
  const ph_secrets* table() const { return &table_; }
  static Secrets& of(const ph_host* host);

  std::map<std::string, std::string> values;
  ph_status fails = PH_OK;            // what every call answers instead
  std::function<ph_status()> before;  // asked before each call, which fails unless this says PH_OK

 private:
  ph_secrets table_;
};

}  // namespace ph::testkit
