// verify: checks an account's index against itself and against the files.
// Guarantees: reads a consistent state (writers wait); changes nothing unless asked to remove stray files.
// Threads: any; reads every message file when `hashes` is set.
#pragma once

#include "base/progress.hpp"
#include "ph/result.hpp"
#include "store/account.hpp"

namespace posthouse::store {

struct Problem {
  enum Kind {
    Index,      // SQLite's own check failed
    Missing,    // a message without its file
    Size,       // a file shorter or longer than the index says
    Content,    // a file whose metadata header or hash is wrong
    Reference,  // a row that names something that is not there, or content that nothing names
    Counter,    // a mailbox's counters are wrong
    Uid,        // a uid not below UIDNEXT, or both alive and expunged
    ModSeq,     // a modseq above its mailbox's or the account's
    Stray,      // a file that no row names: an append that a crash ended before it was acknowledged
    Id,         // an id at or above the reserved bound
  } kind;
  std::string text;
};

struct Report {
  std::vector<Problem> problems;
  std::uint64_t messages = 0;
  bool clean() const { return problems.empty(); }
};

struct VerifyOptions {
  bool hashes = false;
  bool removeStrays = false;  // they are reported all the same
  TellProgress tell = nullptr;
};

// Cancelled: nobody waits for it any more.
ph::Result<Report> verify(Account& account, const VerifyOptions& options = {});

}  // namespace posthouse::store
