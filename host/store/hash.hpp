// Small things that appending, verifying and recovering share.
#pragma once

#include <string>
#include <string_view>

#include "env/env.hpp"

namespace posthouse::store {

// 32 bytes.
std::string sha256(std::string_view data);

// The whole file. Temporary: shorter than it says.
ph::Result<std::string> readWhole(env::Env& env, const std::string& path);

}  // namespace posthouse::store
