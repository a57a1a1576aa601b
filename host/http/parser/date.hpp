// HTTP's dates. Threads: pure functions. RFC 9110 5.6.7.
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace posthouse::http {

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string httpDate(std::time_t at);
// That form, or one of the two obsolete ones. Nothing: not a date.
std::optional<std::time_t> parseHttpDate(std::string_view text);

}  // namespace posthouse::http
