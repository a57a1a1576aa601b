// Errors as clients see them: {"code", "message"}, and {"file", "line", "column"} when the configuration is at fault.
// Threads: pure functions.
#pragma once

#include "json/value.hpp"
#include "ph/result.hpp"

namespace posthouse::admin {

const char* codeName(ph::Kind kind);            // "not_found"
ph::Kind kindFrom(std::string_view code);       // Bug for what is none
int httpStatus(ph::Kind kind);                  // 404
json::Value errorForm(const ph::Error& error);  // "message" holds the whole text, which may have several lines
ph::Error errorFrom(const json::Value& form);   // back
}  // namespace posthouse::admin
