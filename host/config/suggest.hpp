// "did you mean": the nearest of the allowed names, for error texts.
#pragma once

#include <string>
#include <vector>

namespace posthouse::config {

// "; did you mean 'x'?", or "; known here: a, b", or "".
std::string suggest(const std::string& word, const std::vector<std::string>& names);

}  // namespace posthouse::config
