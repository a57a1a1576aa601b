// What can be set about the store.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <string>

#include "store/search/indexer.hpp"

namespace posthouse::store {

struct Options {
  std::function<std::int64_t()> now = [] { return static_cast<std::int64_t>(std::time(nullptr)); };
  // New mail is refused while less than both is free.
  double reserveShare = 0.10;
  std::uint64_t reserveBytes = 1'000'000'000;
  // How long an account stays read-only after a failed sync before it is reopened.
  std::chrono::milliseconds reopenDelay{2000};
  int idRange = 1024;  // ids reserved at once
  // After so many appends in a row, each within a second of the one before, files are made ahead; 0: never.
  int placesAfter = 3;
  int places = 32;  // made at once
  int checkpointPages = 1000;
  int cacheKiB = 2048;
  std::size_t maxMessage = 256 * 1024 * 1024;
  std::int64_t keepTombstones = 90 * 86400;
  std::int64_t keepDeliveryKeys = 7 * 86400;
  // A changed index is copied when this many seconds went by, while nobody writes; 0: never.
  std::int64_t snapshotEvery = 86400;
  std::int64_t snapshotIdle = 30;
  bool search = false;  // messages are indexed for searching, by a thread of the store
  search::Pace pace;
  std::size_t openAccounts = 512;  // whose indexes are open; others rest until they are used, see Core::rest
  std::int64_t restAfter = 60;     // an account that was not used for so many seconds rests
  std::int64_t lookEvery = 21600;  // how often maintain() looks at an account that is not open, or not changed
  std::string movedFolder;  // what is no part of an account is moved to, in a folder of its name; empty: FOLDER/.moved
  std::string sharesFile;   // see shares.hpp; empty: none, so nobody can tell who shares something with whom
};

}  // namespace posthouse::store
