// Two texts compared line by line, for people. Threads: pure function.
#pragma once

#include <string>
#include <string_view>

namespace posthouse::admin {

// As `diff -u` has it, with one hunk from the first to the last changed line; empty: they are equal.
std::string difference(const std::string& name, std::string_view before, std::string_view after);

}  // namespace posthouse::admin
