#include "spf/received_spf.hpp"

#include <algorithm>

#include "ph/text/ascii.hpp"
#include "results/auth_results.hpp"

namespace ph_mailauth {

namespace {

// dot-atom or quoted-string, RFC 5322 3.2.3, 3.2.4.
std::string value(std::string_view text) {
  const auto isAtext = [](char c) {
    return ph::text::isAlpha(c) || ph::text::isDigit(c) || ph::text::isUtf8Byte(c) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
  };
  bool atom = !text.empty();
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dot = text[i] == '.' && i > 0 && i + 1 < text.size() && text[i - 1] != '.';
    atom = atom && (dot || isAtext(text[i]));
  }
  return atom ? std::string(text) : quotedString(text);
}

std::string_view explained(SpfStatus status) {
  switch (status) {
    case SpfStatus::Pass:
      return " may send for ";
    case SpfStatus::Fail:
      return " may not send for ";
    case SpfStatus::SoftFail:
      return " probably may not send for ";
    case SpfStatus::Neutral:
      return " is neither allowed nor forbidden to send for ";
    case SpfStatus::None:
      return ": no policy of ";
    default:
      return ": no usable policy of ";
  }
}

}  // namespace

std::string receivedSpf(const SpfResult& result, const SpfQuery& query, const SpfIdentity& identity,
                        std::string_view reversePath) {
  std::string out(name(result.status));
  out += " " + authComment(query.ip.text() + std::string(explained(result.status)) + identity.domain);
  out += " receiver=" + value(query.receiver) + "; identity=" + (identity.helo ? "helo" : "mailfrom");
  out += "; client-ip=" + value(query.ip.text()) + "; helo=" + value(query.helo);
  out += "; envelope-from=" + value(reversePath);
  if (!result.mechanism.empty()) out += "; mechanism=" + value(result.mechanism);
  if (!result.problem.empty()) out += "; problem=" + value(result.problem);
  return out;
}

}  // namespace ph_mailauth
