// Answers for people: tables and lines. Guarantees: whatever the server answers, a terminal gets printable text only.
// Threads: pure functions.
#pragma once

#include <string>

#include "admin/operation.hpp"

namespace posthouse::app::cli {

std::string show(const admin::Shape& shape, const json::Value& answer);
// "2026-11-21T10:00:00Z"
std::string timeText(int64_t seconds);

}  // namespace posthouse::app::cli
