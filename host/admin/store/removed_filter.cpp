#include "admin/store/removed_filter.hpp"

#include <ctime>

#include "config/since.hpp"

namespace posthouse::admin {

std::vector<Param> removedParams(std::vector<Param> more) {
  std::vector<Param> out = {
      {"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account},
      {"mailbox", Param::Type::String, Param::kOptional, "Only what was in this one."},
      {"since", Param::Type::String, Param::kOptional, "Only what was removed since: 3h, 2d or 2026-11-21T20:00:00Z."},
      {"message_id", Param::Type::String, Param::kOptional, "Only messages with this Message-ID."}};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

ph::Result<store::RemovedFilter> removedFilter(const Call& call) {
  store::RemovedFilter filter;
  filter.mailbox = call.text("mailbox");
  if (const auto& since = call.text("since"); !since.empty()) {
    const auto at = config::parseSince(since, std::time(nullptr));
    if (!at) return at.error();
    filter.since = *at;
  }
  filter.messageId = call.text("message_id");
  if (filter.messageId.size() > 1 && filter.messageId.front() == '<' && filter.messageId.back() == '>')
    filter.messageId = filter.messageId.substr(1, filter.messageId.size() - 2);
  return filter;
}

}  // namespace posthouse::admin
