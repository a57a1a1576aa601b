// SMTP command lines: the verb and the arguments of the simple commands.
// Guarantees: a line with a control character is refused; keywords in any case. Threads: pure functions.
// RFC 5321 2.4, 4.1.1 (trailing blanks are tolerated), 4.1.2, 4.1.3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph::smtp {

enum class Verb {
  Helo,
  Ehlo,
  Mail,
  Rcpt,
  Data,
  Rset,
  Vrfy,
  Expn,
  Help,
  Noop,
  Quit,
  StartTls,
  Auth,
  Bdat,
  Lhlo,
  Unknown
};

struct CommandLine {
  Verb verb = Verb::Unknown;
  std::string_view name;       // as written
  std::string_view arguments;  // after the blank, without trailing blanks
};

// `line` comes without its CRLF and must outlive the result.
Result<CommandLine> splitCommand(std::string_view line);

// BDAT SP chunk-size [SP "LAST"], RFC 3030 2.
struct ChunkCommand {
  std::uint64_t size = 0;
  bool last = false;
};
Result<ChunkCommand> parseChunk(std::string_view arguments);

struct ClientName {
  enum class Form { Domain, AddressLiteral, Other } form = Form::Other;
  std::string text;
};

// The argument of HELO and EHLO. Submission clients send all kinds of words: text that is neither a domain nor an
// address literal is Other, and the caller's policy decides. An empty or unprintable argument is an error.
Result<ClientName> parseClientName(std::string_view arguments);

}  // namespace ph::smtp
