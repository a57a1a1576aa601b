// ehlo-line = ehlo-keyword *( SP ehlo-param ) (RFC 5321 4.1.1.1).
#include "ph/smtp/extensions.hpp"

#include <charconv>

#include "ph/text/ascii.hpp"

namespace ph::smtp {

namespace {

std::string_view takeWord(std::string_view& rest) {
  rest = text::trim(rest);
  const std::size_t end = rest.find(' ');
  const std::string_view word = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  return word;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc() && end == text.data() + text.size() ? n : 0;
}

void takeLimits(Extensions& out, std::string_view rest) {
  for (auto word = takeWord(rest); !word.empty(); word = takeWord(rest)) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = word.substr(0, equals);
    if (text::equalsNoCase(name, "RCPTMAX")) out.maxRecipients = number(word.substr(equals + 1));
    if (text::equalsNoCase(name, "MAILMAX")) out.maxMails = number(word.substr(equals + 1));
  }
}

void takeMechanisms(Extensions& out, std::string_view rest) {
  for (auto word = takeWord(rest); !word.empty(); word = takeWord(rest)) out.mechanisms.push_back(text::toUpper(word));
}

}  // namespace

Extensions parseExtensions(const ReceivedReply& reply) {
  Extensions out;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    std::string_view rest = reply.lines[i];
    const std::string keyword = text::toUpper(takeWord(rest));
    if (i == 0) {
      out.name = text::toLower(keyword);
    } else if (keyword == "STARTTLS") {
      out.startTls = true;
    } else if (keyword == "PIPELINING") {
      out.pipelining = true;
    } else if (keyword == "SIZE") {
      out.size = true;
      out.maxSize = number(takeWord(rest));
    } else if (keyword == "8BITMIME") {
      out.eightBitMime = true;
    } else if (keyword == "BINARYMIME") {
      out.binaryMime = true;
    } else if (keyword == "CHUNKING") {
      out.chunking = true;
    } else if (keyword == "SMTPUTF8") {
      out.smtpUtf8 = true;
    } else if (keyword == "DSN") {
      out.dsn = true;
    } else if (keyword == "REQUIRETLS") {
      out.requireTls = true;
    } else if (keyword == "DELIVERBY") {
      out.deliverBy = true;
      out.minDeliverBy = number(takeWord(rest));
    } else if (keyword == "MT-PRIORITY") {
      out.priority = true;
    } else if (keyword == "AUTH") {
      takeMechanisms(out, rest);
    } else if (keyword.starts_with("AUTH=")) {  // an old misreading that some servers still say besides
      takeMechanisms(out, std::string_view(reply.lines[i]).substr(5));
    } else if (keyword == "LIMITS") {
      takeLimits(out, rest);
    }
  }
  return out;
}

}  // namespace ph::smtp
