#include "base/org_domain.hpp"

#include <libpsl.h>

namespace posthouse {

std::string organisationalDomain(std::string_view domain) {
  static const psl_ctx_t* const list = psl_latest(nullptr);  // kept for the life of the process
  std::string name(domain);
  if (list == nullptr || name.empty()) return name;
  const char* found = psl_registrable_domain(list, name.c_str());
  return found != nullptr ? found : name;
}

}  // namespace posthouse
