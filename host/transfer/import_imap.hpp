// An account of another IMAP server. Threads: one.
#pragma once

#include "transfer/imap_client.hpp"
#include "transfer/importer.hpp"

namespace posthouse::transfer {

struct ImapImport {
  ImapServer server;
  std::string mailbox;  // only this one; empty: all but those that show messages of others
};

// Denied: the login failed; Temporary: the connection broke off, and another run goes on.
ph::Status importImap(const ImapImport& options, Peer& peer, Importer& importer);

}  // namespace posthouse::transfer
