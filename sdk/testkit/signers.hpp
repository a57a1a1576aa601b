// A ph.signer/1 for tests: keeps what a plugin offers, and asks it. Threads: one.
#pragma once

#include <ph/draft/host/signer.h>

#include <map>
#include <optional>
#include <string>

namespace ph::testkit {

class FakeHost;

class Signers {
 public:
  static constexpr const char* kId = "testkit.signers";

  Signers();
  const ph_signer* table() const { return &table_; }

  std::map<std::string, ph_signer_offer> offers;
  // The fields for a message of `account`, whose author is `author`; nothing: the signer failed.
  std::optional<std::string> sign(FakeHost& host, const std::string& signer, const std::string& message,
                                  const std::string& author, const std::string& account);
  ph_status status = PH_OK;  // of the last call

 private:
  ph_signer table_;
};

}  // namespace ph::testkit
