// Files of administration: replaced in one step and durable, never half. Threads: pure functions over the file system.
#pragma once

#include <string>
#include <string_view>

#include "json/value.hpp"
#include "ph/result.hpp"

namespace posthouse::admin {

// Writes a new file beside it, syncs, renames, syncs the folder. An existing file keeps its mode, a new one is 0600.
// Denied: the server's user may not.
ph::Status replaceFile(const std::string& path, std::string_view text);
ph::Status removeFile(const std::string& path);
// NotFound: there is none.
ph::Result<std::string> readFile(const std::string& path);
// Null when there is no file.
ph::Result<json::Value> readJson(const std::string& path);

}  // namespace posthouse::admin
