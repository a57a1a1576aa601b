// The form of a spool file: one JSON line, then the message. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "ph/result.hpp"
#include "queue/envelope.hpp"

namespace posthouse::queue {

std::string encodeEnvelope(const Envelope& envelope);  // with its line end
ph::Result<Envelope> decodeEnvelope(std::string_view line);

}  // namespace posthouse::queue
