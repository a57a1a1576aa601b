// RDATA to records. RFC 1035 3.3, RFC 2782, RFC 3596 2.2, RFC 6698 2.1, RFC 8659 4.1. Threads: pure.
#pragma once

#include <optional>
#include <string_view>

#include "dns/types.hpp"

namespace posthouse::dns {

// `rdata`: with names written out. Nothing: not of this form.
std::optional<Record> readRdata(Type type, std::string_view rdata);

}  // namespace posthouse::dns
