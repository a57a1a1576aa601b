// A ph.secrets/1 in memory. Threads: one. "Random" bytes are always the same.
#pragma once

#include <ph/draft/host/secrets.h>

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
  ph_status fails = PH_OK;  // what every call answers instead

 private:
  ph_secrets table_;
};

}  // namespace ph::testkit
