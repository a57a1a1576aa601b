// What the operations of import and export have in common.
#pragma once

#include "admin/operation.hpp"
#include "transfer/peer.hpp"

namespace posthouse::admin {

Param transferAccount();
ph::Result<std::unique_ptr<transfer::Peer>> peerOf(const Call& call);

}  // namespace posthouse::admin
