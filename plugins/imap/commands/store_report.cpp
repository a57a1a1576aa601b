#include "commands/store_report.hpp"

#include "fetch/item.hpp"
#include "flags.hpp"

namespace ph_imap {

namespace {

class Report final : public Task {
 public:
  explicit Report(StoreReport report) : report_(std::move(report)) {}

  Step step(Session& s) override {
    do {
      if (s.outputFull()) return Step::Output;
      uint32_t stopped = 0;
      const auto more = s.selected()->account().query(s.selected()->mailboxId(), report_.ranges, PH_COL_KEYWORDS,
                                                      resume_, [&](const ph_row& row) {
                                                        if (stopped == 0 && s.outputOver()) stopped = row.uid;
                                                        if (stopped == 0) write(s, row);
                                                      });
      if (!more) return s.lost(more.error());
      resume_ = stopped != 0 ? stopped : *more;
    } while (resume_ != 0);
    return s.ok("stored", report_.code);
  }

 private:
  // RFC 9051 6.4.6, 6.4.9; RFC 7162 3.1.3, 3.2.4.
  void write(Session& s, const ph_row& row) {
    Selected& mailbox = *s.selected();
    const uint32_t seq = mailbox.view().seq(row.uid);
    if (seq == 0) return;
    const bool flags = !report_.silent || report_.refused.contains(row.uid);
    std::string& out = s.buffer();
    if (flags) mailbox.learn(ph::view(row.keywords), out);
    s.openFetch(seq, row.uid);
    const size_t start = out.size();
    const auto add = [&](void (*render)(std::string&, const ph_row&)) {
      if (out.size() > start) out += ' ';
      render(out, row);
    };
    if (!s.uidOnly() && (s.isUid() || s.condstore())) add(renderUid);
    if (flags) add(renderFlags);
    if (s.condstore()) {
      add(renderModseq);
      mailbox.sent(row.modseq);
    }
    out += ")\r\n";
  }

  StoreReport report_;
  uint32_t resume_ = 0;
};

}  // namespace

std::unique_ptr<Task> reportStore(StoreReport report) {
  return std::make_unique<Report>(std::move(report));
}

}  // namespace ph_imap
