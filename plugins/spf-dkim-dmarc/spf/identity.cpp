#include "spf/identity.hpp"

#include "ph/address/domain.hpp"
#include "ph/text/ascii.hpp"

namespace ph_mailauth {

namespace {

// U-labels become A-labels (RFC 8616 4). ASCII stays as it is: what is no domain gives "none", and underscores are
// names too.
std::string aLabels(std::string_view domain) {
  if (ph::text::isAscii(domain)) return std::string(domain);
  return ph::address::normaliseDnsName(domain).valueOr(std::string());
}

}  // namespace

SpfIdentity mailFromIdentity(std::string_view reversePath, std::string_view helo) {
  if (reversePath.empty()) return heloIdentity(helo);
  const size_t at = reversePath.rfind('@');
  SpfIdentity out;
  out.domain = aLabels(at == reversePath.npos ? reversePath : reversePath.substr(at + 1));
  const auto local = at == reversePath.npos ? std::string_view() : reversePath.substr(0, at);
  out.sender = (local.empty() ? "postmaster" : std::string(local)) + "@" + out.domain;
  return out;
}

SpfIdentity heloIdentity(std::string_view helo) {
  SpfIdentity out;
  out.helo = true;
  out.domain = aLabels(helo);
  out.sender = "postmaster@" + out.domain;
  return out;
}

}  // namespace ph_mailauth
