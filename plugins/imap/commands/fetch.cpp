// FETCH. RFC 9051 6.4.5: fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" ... ")")
#include <algorithm>

#include "commands/table.hpp"
#include "fetch/task.hpp"

namespace ph_imap {

Step fetch(Session& s, ph::imap::Parser& parser) {
  using Kind = ph::imap::FetchItem::Kind;
  parser.space();
  const auto set = parser.sequenceSet();
  parser.space();
  auto items = ph::imap::parseFetchItems(parser);
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  for (const auto& item : items) {
    if (!findItem(item.kind)) return s.bad("this data item is not offered");
  }
  auto ranges = s.selected()->resolve(set, s.isUid());
  if (!ranges) return s.bad(ranges.error().text);
  const auto has = [&](Kind kind) {
    return std::any_of(items.begin(), items.end(), [&](const auto& i) { return i.kind == kind; });
  };
  if (s.isUid() && !has(Kind::Uid)) {
    ph::imap::FetchItem uid;
    uid.kind = Kind::Uid;
    items.insert(items.begin(), std::move(uid));
  }
  const bool setSeen =
      !s.selected()->readOnly() && std::any_of(items.begin(), items.end(), [](const auto& i) { return i.setsSeen(); });
  return s.begin(std::make_unique<FetchTask>(std::move(items), std::move(*ranges), setSeen, "fetched"));
}

}  // namespace ph_imap
