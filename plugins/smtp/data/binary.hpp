// What BODY=BINARYMIME brought becomes base64 before it is stored or queued: IMAP has no way to show NUL, and other
// servers may know DATA alone. RFC 3030 3 allows the conversion; the content stays the same octet for octet.
// Threads: runs on a pool while the session is parked.
#pragma once

#include "session.hpp"

namespace ph_smtp {

// Whether there is something to convert.
bool needsConversion(const Session& session);
// Replaces the message of the transaction. Sets verdict() to CONTINUE or a refusal; leaves it when that failed.
void convertBinary(Session& session);

}  // namespace ph_smtp
