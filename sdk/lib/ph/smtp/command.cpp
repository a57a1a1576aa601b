// SMTP command line splitting.
#include "ph/smtp/command.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "ph/smtp/domain.hpp"
#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace ph::smtp {

namespace {

constexpr std::array<std::pair<std::string_view, Verb>, 15> kVerbs{{{"HELO", Verb::Helo},
                                                                    {"EHLO", Verb::Ehlo},
                                                                    {"MAIL", Verb::Mail},
                                                                    {"RCPT", Verb::Rcpt},
                                                                    {"DATA", Verb::Data},
                                                                    {"RSET", Verb::Rset},
                                                                    {"VRFY", Verb::Vrfy},
                                                                    {"EXPN", Verb::Expn},
                                                                    {"HELP", Verb::Help},
                                                                    {"NOOP", Verb::Noop},
                                                                    {"QUIT", Verb::Quit},
                                                                    {"STARTTLS", Verb::StartTls},
                                                                    {"AUTH", Verb::Auth},
                                                                    {"BDAT", Verb::Bdat},
                                                                    {"LHLO", Verb::Lhlo}}};

bool isControl(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

}  // namespace

Result<CommandLine> splitCommand(std::string_view line) {
  for (const char c : line) {
    if (isControl(c)) return Error{Kind::Invalid, "control character in command"};
  }
  while (!line.empty() && text::isBlank(line.back())) line.remove_suffix(1);
  if (line.empty()) return Error{Kind::Invalid, "empty command"};
  CommandLine out;
  const std::size_t blank = line.find_first_of(" \t");
  out.name = line.substr(0, blank);
  if (blank != std::string_view::npos) out.arguments = line.substr(blank + 1);
  for (const auto& [name, verb] : kVerbs) {
    if (text::equalsNoCase(name, out.name)) out.verb = verb;
  }
  return out;
}

Result<ChunkCommand> parseChunk(std::string_view arguments) {
  const Error bad{Kind::Invalid, "syntax is BDAT size [LAST]"};
  const std::size_t blank = arguments.find_first_of(" \t");
  const std::string_view digits = arguments.substr(0, blank);
  ChunkCommand out;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.size);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return bad;
  if (blank == std::string_view::npos) return out;
  out.last = text::equalsNoCase(text::trim(arguments.substr(blank)), "LAST");
  if (!out.last) return bad;
  return out;
}

Result<ClientName> parseClientName(std::string_view arguments) {
  if (arguments.empty()) return Error{Kind::Invalid, "host name missing"};
  if (arguments.size() > kMaxDomain) return Error{Kind::Invalid, "host name too long"};
  if (!text::isUtf8(arguments)) return Error{Kind::Invalid, "host name is not UTF-8"};
  ClientName out;
  out.text = arguments;
  if (isDomain(arguments)) {
    out.form = ClientName::Form::Domain;
  } else if (checkAddressLiteral(arguments)) {
    out.form = ClientName::Form::AddressLiteral;
  }
  return out;
}

}  // namespace ph::smtp
