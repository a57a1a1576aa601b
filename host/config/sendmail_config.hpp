// sendmail.toml: which server `posthouse sendmail` hands its mail to.
#pragma once

#include <string>

#include "config/node.hpp"
#include "ph/result.hpp"

namespace posthouse::config {

struct SendmailConfig {
  enum class Tls { Implicit, StartTls, None };
  std::string host;
  uint16_t port = 0;
  Tls tls = Tls::Implicit;
  std::string authorities;  // PEM file; empty: those of the system
  std::string username;     // empty: no login
  std::string password;
  std::string from;
  std::string domain;
  std::string unsent;  // folder
};

// The error is one line per problem: file:line:column: what.
ph::Result<SendmailConfig> readSendmail(const std::string& file);

}  // namespace posthouse::config
