#include "admin/transfer/peer_of.hpp"
#include "transfer/frames.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto batch = transfer::decodeBatch(call.extras.body);
  if (!batch) return batch.error();
  std::string().swap(call.extras.body);
  const auto peer = peerOf(call);
  if (!peer) return peer.error();
  const auto outcome = (*peer)->put(*batch);
  if (!outcome) return outcome.error();
  Value refused = Value::list();
  for (const auto& [which, why] : outcome->refused)
    refused.add(Value::object({{"message", static_cast<uint64_t>(which)}, {"reason", why}}));
  return Value::object({{"stored", outcome->stored}, {"known", outcome->known}, {"refused", std::move(refused)}});
}

}  // namespace

extern const Operation kTransferPut;
const Operation kTransferPut = {
    .name = "transfer.put",
    .method = Method::Post,
    .path = "/accounts/{account}/transfer/messages",
    .help = "Stores a batch of messages with their flags and dates, as posthouse import sends them.",
    .params = {transferAccount()},
    .role = Role::Account,
    .changes = true,
    .result = {Shape::Kind::One,
               {{"stored", Param::Type::Int, "How many."},
                {"known", Param::Type::Int, "How many were imported before."},
                {"refused", Param::Type::List, "Which were not stored, and why."}}},
    .run = run,
    .rawBody = true,
    .program = true};

}  // namespace posthouse::admin
