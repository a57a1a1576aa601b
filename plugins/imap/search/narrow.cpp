#include "search/narrow.hpp"

#include <map>

namespace ph_imap {

namespace {

constexpr int kMaxLookups = 50;  // of one search; what is beyond narrows nothing

class Lookups {
 public:
  Lookups(const ph::Account& account, uint64_t mailboxId) : account_(account), mailboxId_(mailboxId) {}

  std::optional<ph::imap::NumberSet> of(const Narrow& narrow) {
    std::optional<ph::imap::NumberSet> out;
    if (!narrow.words.empty()) out = holding(narrow.words);
    for (const auto& branches : narrow.either) {
      const auto some = ofAny(branches);
      if (some) out = out ? out->intersect(*some) : *some;
    }
    return out;
  }

 private:
  std::optional<ph::imap::NumberSet> ofAny(const std::vector<Narrow>& branches) {
    std::vector<ph::imap::NumberRange> ranges;
    for (const auto& branch : branches) {
      const auto some = of(branch);
      if (!some) return std::nullopt;
      ranges.insert(ranges.end(), some->ranges().begin(), some->ranges().end());
    }
    return ph::imap::NumberSet::fromRanges(std::move(ranges));
  }

  // Clients ask for one word in several fields: the index is asked once.
  std::optional<ph::imap::NumberSet> holding(const std::vector<std::string>& words) {
    const auto known = answers_.find(words);
    if (known != answers_.end()) return known->second;
    if (answers_.size() >= kMaxLookups) return std::nullopt;
    return answers_[words] = ask(words);
  }

  std::optional<ph::imap::NumberSet> ask(const std::vector<std::string>& words) {
    std::vector<ph::imap::NumberRange> found;
    uint64_t resume = 0;
    do {
      const auto next = account_.candidates(mailboxId_, words, resume, [&](uint32_t uid) {
        found.push_back({uid, uid});
      });
      if (!next) return std::nullopt;
      resume = *next;
    } while (resume != 0);
    return ph::imap::NumberSet::fromRanges(std::move(found));
  }

  const ph::Account& account_;
  const uint64_t mailboxId_;
  std::map<std::vector<std::string>, std::optional<ph::imap::NumberSet>> answers_;
};

}  // namespace

std::optional<ph::imap::NumberSet> narrowed(const ph::Account& account, uint64_t mailboxId, const Narrow& narrow) {
  return Lookups(account, mailboxId).of(narrow);
}

}  // namespace ph_imap
