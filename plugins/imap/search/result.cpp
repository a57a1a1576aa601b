#include "search/result.hpp"

#include <algorithm>

namespace ph_imap {

namespace {

// RFC 5267 3.2: ranges only where the order is that of the numbers.
void appendNumbers(std::string& out, const Found* begin, const Found* end) {
  for (const Found* f = begin; f != end;) {
    const Found* last = f;
    while (last + 1 != end && last[1].number == last->number + 1) ++last;
    if (f != begin) out += ',';
    out += std::to_string(f->number);
    if (last != f) out += ':' + std::to_string(last->number);
    f = last + 1;
  }
}

bool tellsAll(const ph::imap::SearchReturn& r) {
  return r.all || (!r.min && !r.max && !r.count && !r.save && !r.partial);
}

// What is told by number, in order; one may come twice.
std::vector<const Found*> told(const ph::imap::SearchReturn& r, const FoundList& found) {
  std::vector<const Found*> out;
  if (found.empty()) return out;
  if (r.min) out.push_back(&found.front());
  if (r.max) out.push_back(&found.back());
  if (r.partial) {
    const auto [begin, end] = r.partial->of(found.size());
    for (auto i = begin; i < end; ++i) out.push_back(&found[i]);
  }
  return out;
}

}  // namespace

bool tellsResult(const ph::imap::SearchReturn& r) {
  return tellsAll(r) || r.min || r.max || r.count || r.partial;
}

void writeResult(ph::imap::Writer& w, const ph::imap::SearchReturn& r, const FoundList& found, bool modseq) {
  const Found* all = found.data();
  std::string list;
  if (!found.empty()) {
    if (r.min) w.raw(" MIN ").number(found.front().number);
    if (r.max) w.raw(" MAX ").number(found.back().number);
    if (tellsAll(r)) {
      appendNumbers(list, all, all + found.size());
      w.raw(" ALL ").raw(list);
    }
  }
  if (r.partial) {
    const auto [begin, end] = r.partial->of(found.size());
    list.clear();
    appendNumbers(list, all + begin, all + end);
    w.raw(" PARTIAL (").raw(r.partial->toString()).raw(" ").raw(list.empty() ? "NIL" : list).raw(")");
  }
  if (r.count) w.raw(" COUNT ").number(found.size());
  if (modseq && !found.empty()) w.raw(" MODSEQ ").number(modseqOf(r, found));
}

uint64_t modseqOf(const ph::imap::SearchReturn& r, const FoundList& found) {
  uint64_t highest = 0;
  if (!r.given || tellsAll(r) || r.count) {
    for (const auto& f : found) highest = std::max(highest, f.modseq);
  } else {
    for (const auto* f : told(r, found)) highest = std::max(highest, f->modseq);
  }
  return highest;
}

ph::imap::NumberSet savedOf(const ph::imap::SearchReturn& r, const FoundList& found) {
  std::vector<ph::imap::NumberRange> uids;
  if ((r.min || r.max || r.partial) && !r.all && !r.count) {
    for (const auto* f : told(r, found)) uids.push_back({f->uid, f->uid});
  } else {
    for (const auto& f : found) uids.push_back({f.uid, f.uid});
  }
  return ph::imap::NumberSet::fromRanges(std::move(uids));
}

}  // namespace ph_imap
