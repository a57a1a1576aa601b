// Authentication-Results that came with a message and claim to be ours: who writes them lies.
// Guarantees: linear in the header; the ranges are whole fields, in order, not overlapping.
// Threads: pure functions. RFC 8601 2.2, 2.5, 5.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/message_source.hpp"

namespace posthouse::pipeline {

// The authserv-id of a field's value; empty: it has none.
std::string authservId(std::string_view value);

// The fields of `header` (the start of a message) that carry `hostname` as their authserv-id.
std::vector<store::MessageSource::Cut> forgedResults(std::string_view header, std::string_view hostname);

}  // namespace posthouse::pipeline
