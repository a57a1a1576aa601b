#include "fetch/report_flags.hpp"

#include "fetch/task.hpp"

namespace ph_imap {

std::unique_ptr<Task> reportFlags(Session& s, ph::Account::Ranges ranges, std::string done) {
  using Kind = ph::imap::FetchItem::Kind;
  std::vector<ph::imap::FetchItem> items(s.isUid() ? 2 : 1);
  items[0].kind = Kind::Flags;
  if (s.isUid()) items[1].kind = Kind::Uid;  // RFC 9051 6.4.9
  return std::make_unique<FetchTask>(std::move(items), std::move(ranges), false, std::move(done));
}

}  // namespace ph_imap
