// A request's body as a whole. Threads: the handler's.
#pragma once

#include <string>

#include "http/exchange.hpp"

namespace posthouse::http {

// Limit: it is longer than `most`.
ph::Result<std::string> readBody(Exchange& exchange, size_t most);

}  // namespace posthouse::http
