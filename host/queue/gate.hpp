// What a recipient's mail must pass before an attempt carries it. Pure functions of their arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "queue/envelope.hpp"
#include "queue/routing.hpp"

namespace posthouse::queue {

constexpr int64_t kTestTimeout = 3600;  // seconds

// A local part of a recipient or sender that asks for an error from the queue, for testing mail programs: it begins
// with "queue" and ends with "temperror", "permerror", "timeout" or a code. That of a timeout has no text.
std::optional<Outcome> testErrorOf(std::string_view localPart);

// Why it can't go now, or never: its time is over (RFC 2852 4.1.3), its sender's domain is switched off, a test.
std::optional<Outcome> refusalOf(const Envelope& envelope, std::string_view forwardPath, const Settings& settings,
                                 int64_t now);

}  // namespace posthouse::queue
