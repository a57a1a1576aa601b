// What NOTIFY and the commands of METADATA are asked for: any text gives a request within the limits, or an error.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "metadata_entry.hpp"
#include "notify/request.hpp"

namespace {

using namespace ph_imap;
using Group = NotifyRequest::Group;

void demand(bool ok) {
  if (!ok) std::abort();
}

void notify(std::string_view text) {
  ph::imap::Parser parser(text);
  const NotifyRequest request = parseNotify(parser);
  if (!parser.ok()) return;
  demand(request.groups.size() <= 100 && !(request.none && !request.groups.empty()));
  demand((request.selected & ~static_cast<uint32_t>(kMessageEvents)) == 0 || request.unknownEvent);
  uint32_t all = 0;
  for (const Group& group : request.groups) {
    demand(group.names.size() <= 1000);
    all |= group.events;
    const uint32_t both = kMessageNew | kMessageExpunge;
    demand((group.events & kMessageEvents) == 0 || (group.events & both) == both || request.unknownEvent);
    for (const std::string& name : group.names) {
      demand((request.eventsOf(name, false) & group.events) == group.events);
      const uint32_t below = request.eventsOf(name + "/x", false);
      demand(group.where != Group::Where::Subtree || (below & group.events) == group.events);
    }
  }
  for (uint32_t event = 1; event <= kServerMetadata; event <<= 1) demand(request.wants(event) == ((all & event) != 0));
  demand((request.eventsOf("no such mailbox", true) & ~all) == 0);
}

void metadata(std::string_view text) {
  ph::imap::Parser parser(text);
  const auto entries = parseEntries(parser);
  if (!parser.ok()) return;
  demand(!entries.empty() && entries.size() <= 1001);
  for (const std::string& entry : entries) {
    demand(entry.size() <= 1000 && (entry.starts_with("/private/") || entry.starts_with("/shared/")));
    demand(std::none_of(entry.begin(), entry.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f || c == '*'; }));
    demand(std::count(entries.begin(), entries.end(), entry) == 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  notify(text);
  metadata(text);
  return 0;
}
