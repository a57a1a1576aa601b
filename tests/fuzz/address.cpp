// An address that parses is written so that it parses to the same; lists keep their promises for any bytes.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ph/address/addr_spec.hpp"
#include "ph/address/domain.hpp"
#include "ph/address/list.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool isClean(std::string_view s) {
  return s.find_first_of(std::string_view("\r\n\0", 3)) == s.npos;
}

void domain(std::string_view text) {
  using namespace ph::address;
  if (const auto name = normaliseDomain(text)) {
    require(name->size() <= 253 && *normaliseDomain(*name) == *name);
    // The form for people names the same domain.
    const auto back = normaliseDomain(unicodeDomain(*name));
    require(back.ok() && *back == *name);
  }
  if (const auto literal = parseAddressLiteral(text)) {
    const auto back = parseAddressLiteral(formatAddressLiteral(*literal));
    require(back && back->ipv6 == literal->ipv6 && back->bytes == literal->bytes);
  }
  (void)unicodeDomain(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ph::address;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto one = parseAddrSpec(text)) {
    for (const bool unicode : {false, true}) {
      const auto back = parseAddrSpec(formatAddrSpec(*one, unicode));
      require(back.ok() && *back == *one);
    }
  }
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) domain(text.substr(at + 1));
  domain(text);

  const AddressList list = parseList(text);
  const auto all = mailboxes(list);
  require(all.size() <= kMaxAddresses);
  for (const Mailbox& mailbox : all) {
    require(!mailbox.localpart.empty() || !mailbox.domain.empty());
    require(isClean(mailbox.name) && isClean(mailbox.localpart) && isClean(mailbox.domain));
    require(isClean(formatMailbox(mailbox)));
  }
  return 0;
}
