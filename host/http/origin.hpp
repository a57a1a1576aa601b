// Whether a request was made by a page of this very server. Threads: pure functions. RFC 6454 7, Fetch Metadata.
#pragma once

#include "http/parser/head.hpp"

namespace posthouse::http {

// By Origin and Sec-Fetch-Site, as far as they are there: what is no browser sends neither.
bool sameOrigin(const RequestHead& head);

}  // namespace posthouse::http
