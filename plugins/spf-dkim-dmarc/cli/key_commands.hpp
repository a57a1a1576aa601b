// posthouse dkim status, generate, rotate, stop: the signing keys of domains, on a running server.
// Threads: constructed and added on the control thread; functions run on workers.
#pragma once

#include "keys/mail_signer.hpp"
#include "ph/cli.hpp"

namespace ph_mailauth {

class KeyCommands {
 public:
  KeyCommands(const ph::Host& host, keys::MailSigner& signer);
  ph::Status start();

 private:
  ph::Status status(ph::CommandCall& call) const;
  ph::Status generate(ph::CommandCall& call) const;
  ph::Status rotate(ph::CommandCall& call) const;
  ph::Status stop(ph::CommandCall& call) const;
  ph::Status answer(ph::CommandCall& call) const;

  const ph::Host& host_;
  keys::MailSigner& signer_;
  ph::Command status_, generate_, rotate_, stop_;
};

}  // namespace ph_mailauth
