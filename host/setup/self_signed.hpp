// A self-signed certificate for tests on one's own machine.
#pragma once

#include <string>

#include "ph/result.hpp"

namespace posthouse::setup {

// P-256, valid four years, for `name`, 127.0.0.1 and ::1. Writes two PEM files with mode 0600.
ph::Status writeSelfSigned(const std::string& name, const std::string& certificateFile, const std::string& keyFile);

}  // namespace posthouse::setup
