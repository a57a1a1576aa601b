// IDLE. RFC 9051 6.3.13: idle = "IDLE" CRLF "DONE". Changes of the selected mailbox are shown as they happen.
#include "commands/table.hpp"
#include "ph/text/ascii.hpp"

namespace ph_imap {

namespace {

// Wakes the session at each change of one mailbox. Must end before its account does.
class Watch {
 public:
  Watch(Session& s, const Selected& mailbox)
      : host_(s.host()), account_(mailbox.account()), session_(s.id()), mailboxId_(mailbox.mailboxId()) {
    if (account_.api().watch(account_.raw(), &Watch::changed, this, &id_) != PH_OK) id_ = 0;
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() {
    if (id_ != 0) account_.api().unwatch(account_.raw(), id_);
  }

 private:
  // Any thread.
  static void changed(void* ctx, uint64_t mailboxId, uint64_t) {
    const auto& w = *static_cast<const Watch*>(ctx);
    // 0: the list of mailboxes changed, perhaps by this one's end.
    if (mailboxId == w.mailboxId_ || mailboxId == 0) w.host_.session->wake(w.host_.raw(), w.session_);
  }

  const ph::Host& host_;
  const ph::Account& account_;
  const uint64_t session_;
  const uint64_t mailboxId_;
  uint64_t id_ = 0;
};

class Idle final : public Task {
 public:
  bool isWaiting() const override { return true; }

  Step step(Session& s) override {
    if (!started_) {
      started_ = true;
      s.out().raw("+ idling\r\n");
      // First the watch, then the first look: no change falls between.
      if (s.selected()) watch_.emplace(s, *s.selected());
    }
    if (s.outputFull()) return Step::Output;
    std::string line;
    const Step read = s.readLine(line);
    if (read == Step::Input) {
      // RFC 5465 4: the same as between commands, and expunges that were delayed (6.1.2).
      if (s.notifier()) {
        const Step news = s.tellNews(Expunges::Allowed);
        return news == Step::Answered ? Step::Input : news;
      }
      const auto told = s.showChanges(Expunges::Allowed);
      return !told ? Step::Close : *told == Told::Part ? Step::Output : Step::Input;
    }
    if (read != Step::Answered) return read;
    return ph::text::equalsNoCase(line, "DONE") ? s.ok("done") : s.bad("DONE expected");
  }

 private:
  std::optional<Watch> watch_;
  bool started_ = false;
};

}  // namespace

Step idle(Session& s, ph::imap::Parser& parser) {
  parser.end();
  if (!parser.ok()) return s.bad("IDLE has no arguments");
  return s.begin(std::make_unique<Idle>());
}

}  // namespace ph_imap
