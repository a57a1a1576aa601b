// ESEARCH: searching many mailboxes at once. RFC 7377 4: esearch = "ESEARCH" [SP esearch-source-opts]
// [SP search-return-opts] SP search-program. Mailboxes are searched one after the other, as they were when it began.
#include <algorithm>
#include <deque>

#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "ph/imap/mailbox_name.hpp"
#include "search/find_task.hpp"

namespace ph_imap {

namespace {

constexpr size_t kMaxNames = 1000;

// filter-mailboxes of RFC 5465 6 without "selected-delayed", with "subtree-one".
struct Filter {
  std::string kind;
  std::vector<std::string> names;
};

// one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")"
std::vector<std::string> parseNames(ph::imap::Parser& p) {
  std::vector<std::string> out;
  p.space();
  if (!p.accept('(')) return {p.mailbox()};
  do {
    if (out.size() == kMaxNames) p.fail("too many mailboxes");
    out.push_back(p.mailbox());
  } while (p.accept(' '));
  p.expect(')');
  return out;
}

// "IN" SP "(" source-mbox ")"; the word was read.
std::vector<Filter> parseSources(ph::imap::Parser& p) {
  std::vector<Filter> out;
  p.space();
  p.expect('(');
  do {
    Filter f;
    f.kind = p.word();
    const bool named = f.kind == "MAILBOXES" || f.kind == "SUBTREE" || f.kind == "SUBTREE-ONE";
    const bool plain = f.kind == "SELECTED" || f.kind == "INBOXES" || f.kind == "PERSONAL" || f.kind == "SUBSCRIBED";
    if (p.ok() && !named && !plain) p.fail("unknown mailbox filter");
    if (named) f.names = parseNames(p);
    if (out.size() == kMaxNames) p.fail("too many mailbox filters");
    out.push_back(std::move(f));
  } while (p.accept(' '));
  p.expect(')');
  return out;
}

bool isOfSelected(const Filter& f) {
  return f.kind == "SELECTED";
}

// But for SELECTED.
bool isWanted(const std::vector<Filter>& filters, const Place& place) {
  const auto& m = place.info;
  const bool isOwn = place.home.owner.empty();
  const std::string& name = m.name_;
  const auto below = [&](const std::string& parent, bool deep) {
    if (name == parent) return true;
    if (name.size() <= parent.size() || name.compare(0, parent.size(), parent) != 0 || name[parent.size()] != '/')
      return false;
    return deep || name.find('/', parent.size() + 1) == std::string::npos;
  };
  return std::any_of(filters.begin(), filters.end(), [&](const Filter& f) {
    if (f.kind == "SELECTED") return false;
    if (f.kind == "INBOXES") return name == "INBOX";
    if (f.kind == "PERSONAL") return isOwn;
    if (f.kind == "SUBSCRIBED") return m.subscribed != 0;
    return std::any_of(f.names.begin(), f.names.end(), [&](const std::string& n) {
      return f.kind == "MAILBOXES" ? name == n : below(n, f.kind == "SUBTREE");
    });
  });
}

// The numbers of one mailbox; "$" means only the selected one's.
struct Numbers {
  const ph::View* view = nullptr;
  const ph::imap::NumberSet* saved = nullptr;
};

ph::Result<ph::imap::NumberSet> resolveSet(void* ctx, const ph::imap::SequenceSet& set, bool uids) {
  const auto& numbers = *static_cast<const Numbers*>(ctx);
  if (set.isSavedResult()) return numbers.saved ? *numbers.saved : ph::imap::NumberSet();
  const ph::View& view = *numbers.view;
  const uint32_t count = view.count();
  if (uids) return set.resolve(count == 0 ? 0 : view.uid(count));
  // RFC 7377 2: numbers beyond the end are no error.
  std::vector<ph::imap::NumberRange> out;
  const auto meant = set.resolve(count);
  for (const auto& r : meant.ranges()) {
    if (r.first <= count) out.push_back({view.uid(r.first), view.uid(std::min(r.last, count))});
  }
  return ph::imap::NumberSet::fromRanges(std::move(out));
}

struct Target {
  std::shared_ptr<ph::Account> account;
  std::string name;
  MailboxKey key;
  uint32_t uidValidity = 0;
};

// Deleted meanwhile, or not to be read any more.
bool isGone(const ph::Error& error) {
  return error.kind == ph::Kind::NotFound || error.kind == ph::Kind::Denied;
}

class MultiSearch final : public Task {
 public:
  MultiSearch(Session& s, ph::imap::SearchProgram program, std::deque<Target> places)
      : program_(std::move(program)), places_(std::move(places)), total_(places_.size()), progress_(s) {}

  Step step(Session& s) override {
    while (true) {
      if (scan_ && more_) {
        if (progress_.tell(s, total_ - places_.size() - 1, total_)) return Step::Output;
        return s.job(
            ph::Pool::Disk, [this] { more_ = scan_->run(); }, [this](Session& session) { return step(session); });
      }
      if (scan_) {
        if (const auto done = finishOne(s); !done) return s.no(done.error());
      }
      if (s.outputFull()) return Step::Output;
      if (places_.empty()) return s.ok("searched");
      if (const auto begun = beginOne(s); !begun) return s.bad(begun.error().text);
    }
  }

 private:
  ph::Status beginOne(Session& s) {
    scan_.reset();  // before the account that it looks at
    place_ = std::move(places_.front());
    places_.pop_front();
    Selected* selected = s.selected();
    const bool isSelected = selected && selected->key() == place_.key;
    auto view = place_.account->mailboxView(place_.key.id);
    if (!view) return {};  // deleted meanwhile
    const ph::View& known = isSelected ? selected->view() : *view;
    Numbers numbers{&known, isSelected ? &selected->saved() : nullptr};
    auto matcher = Matcher::make(program_.key, s.host().wallMs() / 1000, &resolveSet, &numbers);
    if (!matcher) return matcher.error();
    if (matcher->asksModseq()) s.enableCondstore();
    if (matcher->asksNumbers()) s.holdExpunges();
    const uint32_t last = known.count() == 0 ? 0 : known.uid(known.count());
    found_.clear();
    scan_ = std::make_unique<Scan>(s.host(), *place_.account, place_.key.id, last, std::move(*matcher), 0,
                                   [this](const ph_row& row) {
                                     found_.push_back({row.uid, row.uid, row.modseq});
                                   });
    more_ = true;
    return {};
  }

  ph::Status finishOne(Session& s) {
    const auto status = scan_->status();
    const bool modseq = scan_->asksModseq();
    scan_.reset();
    if (!status.ok()) return isGone(status.error()) ? ph::Status() : status;
    if (program_.result.save && s.selected()) s.selected()->save(savedOf(program_.result, found_));
    // RFC 7377 2.1: none for a mailbox without matches.
    if (found_.empty() || !tellsResult(program_.result)) return {};
    auto w = s.out();
    w.raw("* ESEARCH (TAG ").string(s.tag()).raw(" MAILBOX ").mailbox(place_.name);
    w.raw(" UIDVALIDITY ").number(place_.uidValidity).raw(") UID");
    writeResult(w, program_.result, found_, modseq);
    w.raw("\r\n");
    return {};
  }

  const ph::imap::SearchProgram program_;
  std::deque<Target> places_;
  const size_t total_;
  Progress progress_;
  Target place_;
  std::unique_ptr<Scan> scan_;
  FoundList found_;
  bool more_ = false;
};

}  // namespace

Step esearch(Session& s, ph::imap::Parser& parser) {
  std::vector<Filter> filters{{"SELECTED", {}}};
  auto ahead = parser;
  ahead.space();
  if (ahead.acceptWord("IN")) {
    filters = parseSources(ahead);
    parser = ahead;
  }
  auto program = ph::imap::parseSearch(parser);
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (std::any_of(filters.begin(), filters.end(), isOfSelected) && !s.selected())
    return s.bad("no mailbox is selected");
  if (program.result.save && !std::all_of(filters.begin(), filters.end(), isOfSelected))
    return s.bad("SAVE is for the selected mailbox only");
  if (!program.charsetKnown) return s.no("unknown charset", "BADCHARSET (US-ASCII UTF-8)");
  for (auto& f : filters) {
    for (auto& name : f.names) {
      // A name that can't be is that of no mailbox.
      if (auto canonical = ph::imap::canonicalMailboxName(name)) name = std::move(*canonical);
    }
  }
  const auto others = [](const Filter& f) {
    const bool named = std::any_of(f.names.begin(), f.names.end(), ph::imap::isOtherUsers);
    return f.kind == "SUBSCRIBED" || named;
  };
  const bool gathers = std::any_of(filters.begin(), filters.end(), others);
  program.result.given = true;
  return gatherMailboxes(
      s, gathers, [filters, program = std::move(program)](Session& session, ph::Result<std::vector<Listed>> all) {
        if (!all) return session.no(all.error());
        std::deque<Target> places;
        const bool selected = std::any_of(filters.begin(), filters.end(), isOfSelected);
        if (selected) {
          const Selected& m = *session.selected();
          places.push_back({m.sharedAccount(), m.name(), m.key(), m.uidValidity()});
        }
        for (const auto& l : *all) {
          const Place& p = l.place;
          const bool again = selected && p.key() == session.selected()->key();
          if (!p.info.exists || again || !(p.info.rights & right::kRead) || !isWanted(filters, p)) continue;
          places.push_back({p.home.account, p.info.name_, p.key(), p.info.uidvalidity});
        }
        return session.begin(std::make_unique<MultiSearch>(session, program, std::move(places)));
      });
}

}  // namespace ph_imap
