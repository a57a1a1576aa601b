// The MIME structure of a message as JSON, for people and tests.
// Guarantees: valid UTF-8 JSON for any message. Threads: pure function.
#pragma once

#include <string>
#include <string_view>

namespace posthouse::mail {

// {"size", "headers": {From, To, Cc, Subject, Date, Message-ID}, "root": part, "problems": [{offset, text}]}.
std::string partTreeJson(std::string_view message);

}  // namespace posthouse::mail
