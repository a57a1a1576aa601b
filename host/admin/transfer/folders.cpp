#include "admin/transfer/peer_of.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto peer = peerOf(call);
  if (!peer) return peer.error();
  const auto folders = (*peer)->folders();
  if (!folders) return folders.error();
  Value items = Value::list();
  for (const auto& f : *folders)
    items.add(Value::object({{"mailbox", f.name}, {"use", static_cast<int64_t>(f.use)}, {"subscribed", f.subscribed}}));
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kTransferFolders;
const Operation kTransferFolders = {.name = "transfer.folders",
                                    .method = Method::Get,
                                    .path = "/accounts/{account}/transfer/mailboxes",
                                    .help = "Lists an account's mailboxes, for posthouse export.",
                                    .params = {transferAccount()},
                                    .role = Role::Account,
                                    .result = {Shape::Kind::Many,
                                               {{"mailbox", Param::Type::String, "Its name."},
                                                {"use", Param::Type::Int, "Its special use; 0: none."},
                                                {"subscribed", Param::Type::Bool, "Whether clients show it."}}},
                                    .run = run,
                                    .program = true};

}  // namespace posthouse::admin
