#include "admin/transfer/peer_of.hpp"

#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "store/store.hpp"

namespace posthouse::admin {

Param transferAccount() {
  return {"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account};
}

ph::Result<std::unique_ptr<transfer::Peer>> peerOf(const Call& call) {
  if (const auto file = accountFile(call.core, call.text("account")); !file) return file.error();
  auto account = call.core.store->openOrCreate(call.text("account"));
  if (!account) return account.error();
  return transfer::storePeer(std::move(*account));
}

}  // namespace posthouse::admin
