#include "http/origin.hpp"

namespace posthouse::http {

bool sameOrigin(const RequestHead& head) {
  const auto site = head.fields.get("sec-fetch-site");
  if (site && *site != "same-origin" && *site != "none") return false;
  const auto origin = head.fields.get("origin");
  if (!origin) return true;
  const size_t scheme = origin->find("://");
  if (scheme == origin->npos) return false;
  const auto asks = parseAuthority(origin->substr(scheme + 3));
  return asks && asks->host == head.host.host && asks->port == head.host.port;
}

}  // namespace posthouse::http
