// Changes one value of a TOML text and nothing else: comments, order and spelling of everything around it stay.
// Guarantees: the result parses to exactly the old content with that change, or there is no result. Threads: pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "config/edit/path.hpp"
#include "config/node.hpp"
#include "json/value.hpp"

namespace posthouse::config::edit {

// Replaces the value, or adds it where its table is (a table that is missing is added at the end). An index one beyond
// the last adds a table to the array. Invalid: the text, or a value where a table is.
ph::Result<std::string> set(std::string_view text, const Path& path, const json::Value& value);
// A value with its line, or a table with all it holds. NotFound.
ph::Result<std::string> remove(std::string_view text, const Path& path);

// The node of the path, nullptr when there is none.
const Node* find(const Node& root, const Path& path);
json::Value toJson(const Node& node);
// On one line. Invalid: null.
ph::Result<std::string> toToml(const json::Value& value);

}  // namespace posthouse::config::edit
