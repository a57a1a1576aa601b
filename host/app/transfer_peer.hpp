// The account that import and export work on: through the server that runs, or on its files when none does.
#pragma once

#include <optional>

#include "app/offline_store.hpp"
#include "transfer/peer.hpp"

namespace posthouse::app {

// An account at the other end of the control socket.
std::unique_ptr<transfer::Peer> socketPeer(std::string socket, std::string account);

// A command line of import or export: its flags, and the account that its word number `accountWord` names.
struct TransferCommand {
  Flags flags;
  std::optional<OfflineStore> offline;  // while no server runs
  std::unique_ptr<transfer::Peer> peer;
};
// --dir DIR: the server of this folder; --config FILE: the files of one that does not run. Neither: the server if one
// is found. Nothing: it has said what is wrong, and `*code` is the answer.
std::optional<TransferCommand> beginTransfer(const std::vector<std::string>& args, std::vector<FlagSpec> known,
                                             size_t words, size_t accountWord, int* code);

}  // namespace posthouse::app
