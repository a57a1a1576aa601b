// NOTIFY. RFC 5465 3.1: notify = "NOTIFY" SP ("SET" [SP "STATUS"] 1*(SP event-group) / "NONE")
#include "notify/notifier.hpp"

#include <algorithm>

#include "commands/table.hpp"
#include "fetch/item.hpp"
#include "status_items.hpp"

namespace ph_imap {

namespace {

class Notify final : public Task {
 public:
  explicit Notify(NotifyRequest request) : request_(std::move(request)) {}

  Step step(Session& s) override {
    // RFC 5465 3.1: as NOOP would, by what held up to now.
    if (!shown_) {
      const auto told = s.showChanges(Expunges::Allowed);
      if (!told) return Step::Close;
      if (*told == Told::Part) return Step::Output;
      if (const Step news = s.tellNews(Expunges::Allowed); news != Step::Answered) return news;
      shown_ = true;
      const bool status = request_.status;
      s.notify(std::make_unique<Notifier>(s, std::move(request_), s.notifier()));
      auto all = s.account().mailboxes();
      if (status && all) mailboxes_ = std::move(*all);
    }
    for (; next_ < mailboxes_.size(); ++next_) {
      if (s.outputFull()) return Step::Output;
      tellStatus(s, mailboxes_[next_]);
    }
    return s.ok("you will hear of it");
  }

 private:
  static void tellStatus(Session& s, const ph::MailboxInfo& m) {
    const bool isSelected = s.selected() && s.selected()->key() == MailboxKey{{}, m.id};
    const uint32_t events = s.notifier()->request().eventsOf(m.name_, m.subscribed != 0);
    if (!m.exists || isSelected || !(events & kMessageEvents)) return;
    std::vector<std::string> items{"MESSAGES", "UIDNEXT", "UIDVALIDITY"};
    if (events & kFlagChange) items.emplace_back("HIGHESTMODSEQ");
    writeStatus(s, m, items, false);
  }

  NotifyRequest request_;
  std::vector<ph::MailboxInfo> mailboxes_;
  size_t next_ = 0;
  bool shown_ = false;
};

}  // namespace

Step notify(Session& s, ph::imap::Parser& parser) {
  NotifyRequest request = parseNotify(parser);
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (request.unknownEvent) return s.no("unknown event", "BADEVENT (" + std::string(kEventNames) + ")");
  const bool fetchable =
      std::all_of(request.items.begin(), request.items.end(), [](const auto& i) { return findItem(i.kind); });
  if (!fetchable) return s.bad("this data item is not offered");
  // RFC 5465 5.2: what is shown by itself is not seen by that.
  for (auto& item : request.items) item.peek = true;
  return s.begin(std::make_unique<Notify>(std::move(request)));
}

}  // namespace ph_imap
