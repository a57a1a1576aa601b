// Small things that appending, verifying and recovering share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "env/env.hpp"

namespace posthouse::store {

// 32 bytes.
std::string sha256(std::string_view data);
// The first of them, as a short name; never 0.
std::int64_t hash64(std::string_view data);

// The whole file. Temporary: shorter than it says.
ph::Result<std::string> readWhole(env::Env& env, const std::string& path);

}  // namespace posthouse::store
