// Whether a request's conditions hold for what would be answered. Threads: pure functions. RFC 9110 13.
#pragma once

#include <optional>
#include <string_view>

#include "http/parser/head.hpp"

namespace posthouse::http {

// What is known of the representation; empty: nothing.
struct Validators {
  std::string_view etag;          // as in the field: "x" or W/"x"
  std::string_view lastModified;  // likewise
};

enum class Condition { Holds, NotModified, Failed };
// In the order of RFC 9110 13.2.2.
Condition conditionOf(const RequestHead& request, const Validators& now);
// Whether a range may be taken of this representation. RFC 9110 13.1.5.
bool ifRangeHolds(const RequestHead& request, const Validators& now);

// RFC 9110 8.8.3.2. Not an entity tag: matches nothing.
bool strongMatch(std::string_view a, std::string_view b);
bool weakMatch(std::string_view a, std::string_view b);

}  // namespace posthouse::http
