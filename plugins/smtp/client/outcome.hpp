// What became of a recipient or of a try at one server.
// Guarantees: a reply without its class's meaning is never success. Threads: values.
// RFC 5321 4.2.1, RFC 3463, RFC 2034 4.
#pragma once

#include <string>
#include <string_view>

#include "ph/smtp/reply_reader.hpp"
#include "ph/transport.hpp"

namespace ph_smtp::client {

using Outcome = ph::AttemptResult;

// What a server said: 2xx delivered, 5xx permanent, all else temporary.
Outcome fromReply(const ph::smtp::ReceivedReply& reply);
// Ours or the network's fault: the recipient's server has said nothing.
Outcome localTrouble(std::string_view enhanced, std::string text);  // temporary
Outcome localRefusal(std::string_view enhanced, std::string text);  // permanent

// How a try at one server ended.
struct Ending {
  enum class Kind {
    Finished,    // no mail is left, or the rest must wait
    Failed,      // `why`
    RetryPlain,  // TLS did not work and is not needed: the same server again, without
  };
  Kind kind = Kind::Finished;
  Outcome why;
  bool tryNext = false;  // another server of the destination may do better
  bool wide = false;     // it would be the same with any other message
};

}  // namespace ph_smtp::client
