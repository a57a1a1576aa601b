#include "table.hpp"

#include <algorithm>

#include "ph/address/domain.hpp"
#include "ph/text/ascii.hpp"

namespace rcpt_policy {

namespace {

// A domain in the one form that can be compared: lower case, A-labels (RFC 5890). Empty when it is none.
std::string comparable(std::string_view domain) {
  const auto d = ph::address::normaliseDomain(domain);
  return d ? *d : std::string();
}

}  // namespace

ph::Result<Pattern> Pattern::parse(std::string_view text) {
  const auto bad = [&] { return ph::Error{ph::Kind::Invalid, "\"" + std::string(text) + "\" is no pattern"}; };
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos) return bad();
  Pattern p;
  p.domain_ = comparable(text.substr(at + 1));
  if (p.domain_.empty()) return bad();
  const std::string local = ph::text::toLower(text.substr(0, at));
  const size_t star = local.find('*');
  if (star != std::string::npos && local.find('*', star + 1) != std::string::npos) return bad();
  p.any_ = at == 0 || star != std::string::npos;
  p.before_ = local.substr(0, star);
  if (star != std::string::npos) p.after_ = local.substr(star + 1);
  return p;
}

bool Pattern::fits(std::string_view address) const {
  const size_t at = address.rfind('@');
  if (at == std::string_view::npos || comparable(address.substr(at + 1)) != domain_) return false;
  const std::string local = ph::text::toLower(address.substr(0, at));
  if (!any_) return local == before_;
  return local.size() >= before_.size() + after_.size() && local.starts_with(before_) && local.ends_with(after_);
}

Answer Table::answer(std::string_view address) const {
  const auto in = [&](const std::vector<Pattern>& list) {
    return std::any_of(list.begin(), list.end(), [&](const Pattern& p) { return p.fits(address); });
  };
  if (in(accept)) return Answer::Accept;
  if (in(reject)) return Answer::Reject;
  return in(defer) ? Answer::Defer : Answer::Nothing;
}

}  // namespace rcpt_policy
