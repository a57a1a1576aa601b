// A command that looks through the selected mailbox and answers what it found: the common part of SEARCH, SORT, THREAD.
// Guarantees: a client that waits is told how far it is every kTellEvery; one that is gone ends it.
// Threads: one session; the scan runs on a pool. RFC 9051 6.4.4, RFC 9585.
#pragma once

#include <memory>

#include "search/result.hpp"
#include "search/scan.hpp"
#include "session.hpp"

namespace ph_imap {

// Says now and then that a command still runs.
class Progress {
 public:
  static constexpr uint64_t kTellEvery = 10'000;  // milliseconds

  explicit Progress(const Session& s);
  // True: it wrote a line, which should be sent.
  bool tell(Session& s, uint64_t done, uint64_t goal);

 private:
  uint64_t next_;
};

class FindTask : public Task {
 public:
  FindTask(Session& s, ph::imap::SearchReturn result, Matcher matcher, uint32_t columns = 0);
  Step step(Session& s) override;

 protected:
  // A match: on the pool thread. What is found is in the order of the mailbox.
  virtual void take(const ph_row& row);
  // All is found: messages the client does not know are not among it.
  virtual Step answer(Session& s) = 0;

  // SEARCH RETURN and its like: an ESEARCH response and the saved result.
  void answerExtended(Session& s, const FoundList& found);
  const ph::Account& account() const { return account_; }

  ph::imap::SearchReturn result_;
  FoundList found_;

 private:
  const ph::Account& account_;
  Scan scan_;
  Progress progress_;
  bool more_ = true;

 protected:
  bool asksModseq() const { return scan_.asksModseq(); }
};

// The keys of a program for the selected mailbox; Answered: it wrote why not, with `saving` an empty result is saved.
std::optional<Matcher> makeMatcher(Session& s, const ph::imap::SearchProgram& program, bool saving, Step* refused);

}  // namespace ph_imap
