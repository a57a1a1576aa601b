// The commands this server knows, one file each.
// Contract of a handler: gets what follows the verb, without the line end; answers the client, or waits with a Resume
// that does. Next::Read: answered, go on with the next line. Threads: the session's.
#pragma once

#include <string_view>

#include "ph/smtp/command.hpp"
#include "session.hpp"

namespace ph_smtp {

using CommandHandler = ph::Next (*)(Session& session, std::string_view arguments);

// nullptr: not a command of this server.
CommandHandler findCommand(ph::smtp::Verb verb);

ph::Next auth(Session& session, std::string_view arguments);
ph::Next bdat(Session& session, std::string_view arguments);
ph::Next data(Session& session, std::string_view arguments);
ph::Next ehlo(Session& session, std::string_view arguments);
ph::Next expn(Session& session, std::string_view arguments);
ph::Next helo(Session& session, std::string_view arguments);
ph::Next help(Session& session, std::string_view arguments);
ph::Next lhlo(Session& session, std::string_view arguments);
ph::Next mail(Session& session, std::string_view arguments);
ph::Next noop(Session& session, std::string_view arguments);
ph::Next quit(Session& session, std::string_view arguments);
ph::Next rcpt(Session& session, std::string_view arguments);
ph::Next rset(Session& session, std::string_view arguments);
ph::Next startTls(Session& session, std::string_view arguments);
ph::Next vrfy(Session& session, std::string_view arguments);

// A line of the client while an authentication exchange goes on.
ph::Next authLine(Session& session, std::string_view line);

}  // namespace ph_smtp
