// SCRAM on the client's side. RFC 5802 5 to 7, RFC 7677, RFC 9266. Threads: as ClientMechanism.
#pragma once

#include "ph/sasl/client.hpp"

namespace ph::sasl {

// More than this would be the server's way to keep our processors busy.
inline constexpr unsigned kMaxScramIterations = 1'000'000;

class ScramClient : public ClientMechanism {
 public:
  ScramClient(ScramHash hash, bool plus, ClientLogin login);
  std::optional<std::string> first() override;
  Result<std::string> respond(std::string_view challenge) override;
  bool satisfied() const override { return expects_ == Expects::Nothing; }

 private:
  enum class Expects { ServerFirst, ServerFinal, Nothing, Never };
  Result<std::string> serverFirst(std::string_view message);
  Result<std::string> serverFinal(std::string_view message);

  const ScramHash hash_;
  const ClientLogin login_;
  std::string gs2Header_, bindingData_, firstBare_;
  std::string serverSignature_;
  Expects expects_ = Expects::ServerFirst;
};

}  // namespace ph::sasl
