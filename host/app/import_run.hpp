// What all imports end with: what was done, and the exit code.
#pragma once

#include <functional>

#include "app/transfer_peer.hpp"
#include "transfer/importer.hpp"

namespace posthouse::app {

int runImport(const TransferCommand& command, const std::function<ph::Status(transfer::Importer&)>& work);

}  // namespace posthouse::app
