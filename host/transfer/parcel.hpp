// What import and export carry: messages with all that belongs to them, and mailboxes. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ph/result.hpp"
#include "store/types.hpp"

namespace posthouse::transfer {

struct Parcel {
  std::string mailbox;
  std::uint32_t flags = 0;
  std::vector<std::string> keywords;
  std::int64_t date = 0;  // INTERNALDATE
  std::int32_t zone = 0;
  std::string key;    // of an import: stored once, however often it comes. Empty: always
  std::string bytes;  // CRLF
};

struct Folder {
  std::string name;
  store::Use use = store::Use::None;
  bool subscribed = false;
};

struct Batch {
  std::vector<Folder> folders;
  std::vector<Parcel> parcels;
  std::uint64_t bytes() const;
};

// Batches end at either.
inline constexpr std::size_t kBatchMessages = 128;
inline constexpr std::uint64_t kBatchBytes = 8 << 20;

// What became of a batch.
struct Outcome {
  std::uint64_t stored = 0;
  std::uint64_t known = 0;                                   // were there already
  std::vector<std::pair<std::size_t, std::string>> refused;  // which parcel, and why
};

// Messages of one mailbox in the order of their UIDs; `next` 0: that was all.
struct Page {
  std::vector<Parcel> parcels;
  std::vector<std::string> problems;
  store::Uid next = 0;
};

// 20 bytes that are the same for the same thing in the same source.
std::string keyOf(const std::vector<std::string_view>& parts);

// Other line ends become CRLF.
std::string withCrlf(std::string text);

}  // namespace posthouse::transfer
