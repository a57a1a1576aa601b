// The XML of a report, taken out of what it came in: gzip, a zip archive with one file, or as it is.
// Guarantees: output goes to the sink piece by piece and stops at kMaxUnpacked, whatever the input says of its size;
// memory is bounded by one piece. Threads: pure function. RFC 1952, RFC 7489 7.2.1.1.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "ph/result.hpp"

namespace ph_mailauth {

inline constexpr size_t kMaxUnpacked = 32 * 1024 * 1024;

// False from the sink: it wants no more, which is no error here.
using UnpackSink = std::function<bool(std::string_view)>;

// Limit: it unpacks to more than kMaxUnpacked; Invalid: it is damaged or none of the three.
ph::Status unpackReport(std::string_view packed, const UnpackSink& sink);

}  // namespace ph_mailauth
