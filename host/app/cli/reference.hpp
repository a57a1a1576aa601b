// docs/cli.md. Threads: pure function.
#pragma once

#include <string>
#include <vector>

#include "app/command.hpp"

namespace posthouse::app::cli {

std::string reference(const std::vector<const Command*>& commands);

}  // namespace posthouse::app::cli
