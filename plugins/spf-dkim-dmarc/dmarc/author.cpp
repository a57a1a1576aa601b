#include "dmarc/author.hpp"

#include <algorithm>

#include "ph/address/domain.hpp"
#include "ph/address/list.hpp"
#include "ph/header/block.hpp"

namespace ph_mailauth {

Authors authorsOf(std::string_view message) {
  Authors out;
  const ph::header::Block block(message);
  for (const auto* field : block.all("From")) {
    ++out.fields;
    for (const auto& mailbox : ph::address::mailboxes(ph::address::parseList(field->value))) {
      const auto domain = ph::address::normaliseDnsName(mailbox.domain);
      if (!domain || std::find(out.domains.begin(), out.domains.end(), *domain) != out.domains.end()) continue;
      if (out.domains.size() == kMaxAuthors) {
        out.tooMany = true;
        return out;
      }
      out.domains.push_back(*domain);
    }
  }
  return out;
}

}  // namespace ph_mailauth
