#include "admin/transfer/peer_of.hpp"
#include "transfer/frames.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto given = call.list("keys");
  std::vector<std::string> keys;
  for (const auto& hex : given) {
    auto key = transfer::fromHex(hex);
    if (!key) return key.error();
    keys.push_back(std::move(*key));
  }
  const auto peer = peerOf(call);
  if (!peer) return peer.error();
  const auto known = (*peer)->known(keys);
  if (!known) return known.error();
  Value out = Value::list();
  for (std::size_t i = 0; i < keys.size(); ++i)
    if ((*known)[i]) out.add(given[i]);
  return Value::object({{"known", std::move(out)}});
}

}  // namespace

extern const Operation kTransferKnown;
const Operation kTransferKnown = {
    .name = "transfer.known",
    .method = Method::Post,
    .path = "/accounts/{account}/transfer/known",
    .help = "Says which messages of an import are stored already.",
    .params = {transferAccount(), {"keys", Param::Type::List, Param::kRequired, "Their keys, in hexadecimal."}},
    .role = Role::Account,
    .result = {Shape::Kind::One, {{"known", Param::Type::List, "Those that are."}}},
    .run = run,
    .program = true};

}  // namespace posthouse::admin
