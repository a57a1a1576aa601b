// Hands a prepared message to a submission server. RFC 6409, RFC 8314 3.3.
#pragma once

#include "config/sendmail_config.hpp"
#include "ph/result.hpp"
#include "sendmail/prepare.hpp"

namespace posthouse::sendmail {

// Returns when the server took the responsibility for all recipients, or for none. Temporary: another time;
// Permanent: never like this. The text has the server's words. Blocks for the network, at most some minutes.
ph::Status submit(const config::SendmailConfig& config, const Prepared& mail);

}  // namespace posthouse::sendmail
