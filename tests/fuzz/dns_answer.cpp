// Whatever a server sends: what is read from it is in the one form of names and values, a chain over it ends, and an
// answer that is found has records of the type that was asked for.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dns/chain.hpp"
#include "dns/name.hpp"

namespace {

using namespace posthouse::dns;

void require(bool holds) {
  if (!holds) std::abort();
}

void checkRecord(const Record& r) {
  switch (r.type) {
    case Type::Ns:
    case Type::Cname:
    case Type::Ptr:
    case Type::Mx:
    case Type::Srv:
      return require(normaliseName(r.value) == r.value);
    case Type::A:
    case Type::Aaaa:
      return require(!reverseName(r.value).value_or("").empty());
    case Type::Tlsa:
      return require(r.value.size() > 3);
    case Type::Caa:
      return require(r.value.find('=') != std::string::npos);
    case Type::Txt:
      return;
  }
  require(false);
}

void followChain(const Reply& reply, const std::string& name, Type type) {
  Chain chain({name, type});
  Chain::Step step = Chain::Step::Ask;
  // The same server gives the same reply to everything.
  for (size_t asked = 0; step == Chain::Step::Ask; ++asked) {
    require(asked <= kMaxAliases + 1);
    step = chain.add(reply, true);
  }
  if (step != Chain::Step::Done) return require(!chain.problem().empty());
  const Answer& a = chain.answer();
  require((a.outcome == Outcome::Found) == !a.records.empty());
  require(a.ttl <= kMaxTtl);
  for (const auto& r : a.records) require(r.type == type);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view packet(reinterpret_cast<const char*>(data), size);
  const std::string query = makeQuery({"mx.example.test", Type::Mx}, true, std::string_view("\x12\x34", 2));
  if (match(query, packet) != Match::No) require(packet.size() >= 12 && packet.substr(0, 2) == query.substr(0, 2));
  (void)isTruncated(packet);
  const auto reply = parseReply(packet);
  if (!reply) return 0;
  (void)isBogus(*reply);
  for (const char c : describe(*reply)) require(c >= 0x20 && c < 0x7f);
  for (const auto& a : reply->answers) {
    require(normaliseName(a.owner) == a.owner);
    checkRecord(a.record);
  }
  if (reply->rcode != static_cast<int>(Rcode::NoError) && reply->rcode != static_cast<int>(Rcode::NxDomain)) return 0;
  followChain(*reply, "mx.example.test", Type::Mx);
  if (!reply->answers.empty()) {
    for (const Type t : kAllTypes) followChain(*reply, reply->answers.front().owner, t);
  }
  return 0;
}
