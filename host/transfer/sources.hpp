// What is imported and exported: mbox and maildir.
// Guarantees: files that are broken are said and left out; an error is one of the account's, or of a source that cannot
// be read at all. Threads: one.
#pragma once

#include "transfer/importer.hpp"
#include "transfer/outputs.hpp"

namespace posthouse::transfer {

struct ImportOptions {
  std::string path;     // folder, file, zip, tgz; mbox also "-"
  std::string mailbox;  // where it goes; empty: INBOX and mailboxes by the names of files and folders
};

ph::Status importMbox(const ImportOptions& options, Importer& importer);
ph::Status importMaildir(const ImportOptions& options, Importer& importer);

struct ExportOptions {
  std::string mailbox;  // empty: all
};

struct Exported {
  std::uint64_t problems = 0;
};

ph::Result<Exported> exportMbox(const ExportOptions& options, Peer& peer, Output& output, Progress& progress);
ph::Result<Exported> exportMaildir(const ExportOptions& options, Peer& peer, Output& output, Progress& progress);

}  // namespace posthouse::transfer
