#include "commands/table.hpp"

#include <array>
#include <utility>

namespace ph_smtp {

namespace {

using ph::smtp::Verb;

constexpr std::array<std::pair<Verb, CommandHandler>, 15> kCommands{{{Verb::Auth, &auth},
                                                                     {Verb::Bdat, &bdat},
                                                                     {Verb::Data, &data},
                                                                     {Verb::Ehlo, &ehlo},
                                                                     {Verb::Expn, &expn},
                                                                     {Verb::Helo, &helo},
                                                                     {Verb::Help, &help},
                                                                     {Verb::Lhlo, &lhlo},
                                                                     {Verb::Mail, &mail},
                                                                     {Verb::Noop, &noop},
                                                                     {Verb::Quit, &quit},
                                                                     {Verb::Rcpt, &rcpt},
                                                                     {Verb::Rset, &rset},
                                                                     {Verb::StartTls, &startTls},
                                                                     {Verb::Vrfy, &vrfy}}};

}  // namespace

CommandHandler findCommand(Verb verb) {
  for (const auto& [known, handler] : kCommands) {
    if (known == verb) return handler;
  }
  return nullptr;
}

}  // namespace ph_smtp
