// One try to log in, from AUTH until its last reply. Threads: the session's, and its crypto job.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "ph/login.hpp"

namespace ph_smtp {

struct LoginAttempt {
  explicit LoginAttempt(ph::Login l) : login(std::move(l)) {}

  ph::Login login;
  std::optional<std::string> response;  // for the next step
  ph::Login::Outcome outcome;
  bool awaitsLine = false;  // a challenge was sent
};

}  // namespace ph_smtp
