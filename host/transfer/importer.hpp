// Gathers messages into batches and hands them to the account.
// Guarantees: what was imported before is not sent again, whatever ended the run before: its key is committed with the
// message. A message that is refused is said and the next one follows. Threads: one.
#pragma once

#include "transfer/peer.hpp"
#include "transfer/progress.hpp"

namespace posthouse::transfer {

class Importer {
 public:
  Importer(Peer& peer, Progress& progress) : peer_(peer), progress_(progress) {}

  ph::Status folder(Folder folder);
  // `origin`: what is said when it is refused.
  ph::Status add(Parcel parcel, std::string origin);
  // The rest.
  ph::Status flush();
  // Something of the source that could not be read.
  void problem(const std::string& text);
  // So many were not even read, as they are there.
  void had(std::uint64_t messages);

  std::uint64_t stored() const { return stored_; }
  std::uint64_t known() const { return known_; }
  std::uint64_t problems() const { return problems_; }

 private:
  Peer& peer_;
  Progress& progress_;
  Batch batch_;
  std::vector<std::string> origins_;
  std::uint64_t bytes_ = 0;
  std::uint64_t stored_ = 0, known_ = 0, problems_ = 0;
};

}  // namespace posthouse::transfer
