#include <algorithm>

#include "admin/transfer/peer_of.hpp"
#include "transfer/frames.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto peer = peerOf(call);
  if (!peer) return peer.error();
  const auto from = static_cast<store::Uid>(std::clamp<int64_t>(call.integer("from", 1), 1, 0xffffffff));
  const auto page = (*peer)->get(call.text("mailbox"), from);
  if (!page) return page.error();
  return json::Value(transfer::encode(*page));
}

}  // namespace

extern const Operation kTransferGet;
const Operation kTransferGet = {
    .name = "transfer.get",
    .method = Method::Get,
    .path = "/accounts/{account}/transfer/messages",
    .help = "Some messages of a mailbox with their flags and dates, as posthouse export reads them.",
    .params = {transferAccount(),
               {"mailbox", Param::Type::String, Param::kRequired, "Of this one."},
               {"from", Param::Type::Int, Param::kOptional, "From this UID on."}},
    .role = Role::Account,
    .result = {.bytes = true},
    .run = run,
    .program = true};

}  // namespace posthouse::admin
