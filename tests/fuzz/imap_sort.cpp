// SORT and THREAD: what a client writes, and what mail says of itself. Every message is in the answer once.
// The first line is what a client wrote; each following one a message: references, and its id at the end.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "ph/charset/casemap.hpp"
#include "ph/imap/search_key.hpp"
#include "ph/imap/sort_program.hpp"
#include "ph/imap/thread.hpp"

namespace {

using namespace ph::imap;

void demand(bool ok) {
  if (!ok) std::abort();
}

void parse(std::string_view line) {
  const std::string sort(line);
  Parser keys(sort, {true});
  const auto list = parseSortKeys(keys);
  if (keys.ok()) {
    demand(!list.empty() && list.size() <= kMaxSortKeys);
    (void)parseSearchCriteria(keys);
  }
  const std::string options = " " + sort;
  Parser result(options);
  const auto asked = parseSearchReturn(result);
  if (result.ok() && asked.partial) {
    for (const uint64_t size : {0, 1, 7, 1000}) {
      const auto [begin, end] = asked.partial->of(size);
      demand(begin <= end && end <= size);
    }
  }
}

void look(std::string_view line) {
  const EnvelopeFields envelope(line);
  SortItem item;
  for (int kind = 0; kind <= static_cast<int>(SortKey::Kind::To); ++kind)
    item.values.push_back(sortValue(static_cast<SortKey::Kind>(kind), {envelope, 5, 6}));
  eachEnvelopeText(line, [](const std::string&) { return true; });
  demand(ph::charset::casemapKey(line) == ph::charset::casemapKey(line));
}

void thread(const std::vector<ThreadMessage>& messages) {
  for (const auto& forest : {threadByReferences(messages), threadByOrderedSubject(messages)}) {
    const auto text = threadText(forest);
    std::multiset<unsigned long> seen;
    int depth = 0;
    for (size_t at = 0; at < text.size();) {
      if (text[at] >= '0' && text[at] <= '9') {
        size_t used = 0;
        seen.insert(std::stoul(text.substr(at, 12), &used));
        at += used;
        continue;
      }
      depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
      demand(depth >= 0);
      ++at;
    }
    demand(depth == 0 && seen.size() == messages.size());
    for (const auto& m : messages) demand(seen.count(m.number) == 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<ThreadMessage> messages;
  bool first = true;
  while (!rest.empty() && messages.size() < 500) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    look(line);
    if (std::exchange(first, false)) {
      parse(line);
      continue;
    }
    ThreadMessage m;
    m.number = static_cast<uint32_t>(messages.size() + 1);
    for (const char c : line) m.references.emplace_back(1, c);
    if (!m.references.empty()) {
      m.messageId = m.references.back();
      m.references.pop_back();
    }
    m.sent = static_cast<int64_t>(line.size() % 7);
    m.isReply = line.size() % 2 != 0;
    m.subject = std::string(line.substr(0, 1));
    messages.push_back(std::move(m));
  }
  thread(messages);
  return 0;
}
