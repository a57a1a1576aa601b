// Arguments against the description of their operation. Threads: pure functions.
#pragma once

#include "admin/operation.hpp"

namespace posthouse::admin {

// `args` is an object of known parameters, each of its type and one of the allowed values. Invalid with a hint
// otherwise.
ph::Status checkTypes(const Operation& operation, const json::Value& args);
// What is required is there and not empty.
ph::Status checkPresence(const Operation& operation, const json::Value& args);

// The value that text means: of a query or the command line. A list gets one more item. Invalid: not of this type.
ph::Status addText(const Param& param, const std::string& text, json::Value* args);

}  // namespace posthouse::admin
