#include "transfer/importer.hpp"

namespace posthouse::transfer {

ph::Status Importer::folder(Folder folder) {
  batch_.folders.push_back(std::move(folder));
  return batch_.folders.size() >= kBatchMessages ? flush() : ph::Status();
}

ph::Status Importer::add(Parcel parcel, std::string origin) {
  constexpr std::uint64_t kLargest = 256 << 20;
  if (parcel.bytes.size() > kLargest) {
    problem(origin + ": is too long");
    return {};
  }
  if (bytes_ + parcel.bytes.size() > kBatchBytes && !batch_.parcels.empty())
    if (auto done = flush(); !done) return done;
  bytes_ += parcel.bytes.size();
  batch_.parcels.push_back(std::move(parcel));
  origins_.push_back(std::move(origin));
  return batch_.parcels.size() >= kBatchMessages ? flush() : ph::Status();
}

ph::Status Importer::flush() {
  if (batch_.folders.empty() && batch_.parcels.empty()) return {};
  std::vector<std::string> keys;
  for (const auto& p : batch_.parcels) keys.push_back(p.key);
  const auto known = peer_.known(keys);
  if (!known) return known.error();
  Batch fresh;
  fresh.folders = std::move(batch_.folders);
  std::vector<std::string> origins;
  std::uint64_t had = 0;
  for (std::size_t i = 0; i < batch_.parcels.size(); ++i) {
    if ((*known)[i] && !keys[i].empty()) {
      ++had;
      continue;
    }
    fresh.parcels.push_back(std::move(batch_.parcels[i]));
    origins.push_back(std::move(origins_[i]));
  }
  const auto messages = batch_.parcels.size();
  batch_ = {};
  origins_.clear();
  if (!fresh.folders.empty() || !fresh.parcels.empty()) {
    const auto outcome = peer_.put(fresh);
    if (!outcome) return outcome.error();
    stored_ += outcome->stored;
    had += outcome->known;
    for (const auto& [which, why] : outcome->refused) problem(origins.at(which) + ": " + why);
  }
  known_ += had;
  progress_.add(messages, bytes_);
  bytes_ = 0;
  return {};
}

void Importer::had(std::uint64_t messages) {
  known_ += messages;
  progress_.add(messages, 0);
}

void Importer::problem(const std::string& text) {
  ++problems_;
  progress_.say(text);
}

}  // namespace posthouse::transfer
