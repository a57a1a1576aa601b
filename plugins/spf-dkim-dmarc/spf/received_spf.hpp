// The value of a Received-SPF field.
// Guarantees: one line, printable; nothing the client said ends it or a part of it early. Threads: pure function.
// RFC 7208 9.1.
#pragma once

#include <string>

#include "spf/check.hpp"
#include "spf/identity.hpp"

namespace ph_mailauth {

std::string receivedSpf(const SpfResult& result, const SpfQuery& query, const SpfIdentity& identity,
                        std::string_view reversePath);

}  // namespace ph_mailauth
