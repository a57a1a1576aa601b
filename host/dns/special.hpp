// Names that no resolver is asked for: localhost, invalid and onion. RFC 6761 6.3, 6.4, RFC 7686 2.
// The others of RFC 6761 (test, example, private reverse zones) are asked for as any name: a site's own resolver may
// serve them. Threads: pure.
#pragma once

#include <optional>

#include "dns/types.hpp"

namespace posthouse::dns {

// The answer that is known without asking.
std::optional<Answer> specialAnswer(const Question& question);

}  // namespace posthouse::dns
