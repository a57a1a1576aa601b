// LIST. RFC 9051 6.3.9: list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]; the
// options of RFC 5258 (SUBSCRIBED REMOTE RECURSIVEMATCH, SUBSCRIBED CHILDREN), RFC 6154 (SPECIAL-USE), RFC 5819
// (STATUS), RFC 9590 (METADATA).
#include <algorithm>
#include <set>

#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "metadata.hpp"
#include "ph/imap/mailbox_name.hpp"
#include "status_items.hpp"

namespace ph_imap {

namespace {

constexpr size_t kMaxPatterns = 100;

struct Options {
  bool onlySubscribed = false;
  bool onlySpecial = false;
  bool recursive = false;
  bool showSubscribed = false;
  std::vector<std::string> status;
  std::vector<std::string> metadata;
  std::vector<ph::imap::ListPattern> patterns;
  bool askDelimiter = false;  // LIST "" ""
};

void parseSelection(ph::imap::Parser& parser, Options& o) {
  parser.expect('(');
  if (parser.accept(')')) return parser.space();
  bool base = false;
  do {
    const std::string name = parser.word();
    if (name == "SUBSCRIBED") {
      o.onlySubscribed = base = true;
    } else if (name == "SPECIAL-USE") {
      o.onlySpecial = true;
    } else if (name == "RECURSIVEMATCH") {
      o.recursive = true;
    } else if (name != "REMOTE") {
      parser.fail("unknown selection option");
    }
  } while (parser.accept(' '));
  parser.expect(')');
  if (o.recursive && !base) parser.fail("RECURSIVEMATCH needs SUBSCRIBED");
  parser.space();
}

void parseReturn(ph::imap::Parser& parser, Options& o) {
  parser.expectWord("RETURN");
  parser.space();
  parser.expect('(');
  if (parser.accept(')')) return;
  do {
    const std::string name = parser.word();
    if (name == "SUBSCRIBED") {
      o.showSubscribed = true;
    } else if (name == "STATUS") {
      parser.space();
      o.status = parseStatusItems(parser);
    } else if (name == "METADATA") {
      parser.space();
      o.metadata = parseEntries(parser);
    } else if (name != "CHILDREN" && name != "SPECIAL-USE") {  // both are always shown
      parser.fail("unknown return option");
    }
  } while (parser.accept(' '));
  parser.expect(')');
}

Options parse(ph::imap::Parser& parser) {
  Options o;
  parser.space();
  const bool extended = parser.peek() == '(';
  if (extended) parseSelection(parser, o);
  const std::string reference = parser.mailbox();
  parser.space();
  std::vector<std::string> patterns;
  const bool many = parser.accept('(');
  do patterns.push_back(parser.listMailbox());
  while (many && patterns.size() < kMaxPatterns && parser.accept(' '));
  if (many) parser.expect(')');
  o.askDelimiter = !many && !extended && patterns.front().empty();
  for (const auto& p : patterns) o.patterns.emplace_back(reference + p);
  if (parser.accept(' ')) parseReturn(parser, o);
  parser.end();
  return o;
}

bool matches(const Options& o, std::string_view name) {
  return std::any_of(o.patterns.begin(), o.patterns.end(), [&](const auto& p) { return p.matches(name); });
}

bool isSelected(const Options& o, const ph::MailboxInfo& m) {
  if (o.onlySubscribed ? !m.subscribed : !m.exists) return false;
  return !o.onlySpecial || m.use != 0;
}

// RFC 9590 3: NIL for what is not set.
void tellMetadata(Session& s, const Options& o, const ph::MailboxInfo& m) {
  const auto all = s.account().annotations(m.id);
  if (!all) return;
  std::vector<ph::Annotation> told;
  for (const std::string& entry : o.metadata) {
    const auto found =
        std::find_if(all->begin(), all->end(), [&](const ph::Annotation& a) { return a.entry == entry; });
    told.push_back(found == all->end() ? ph::Annotation{m.id, entry, std::nullopt} : *found);
  }
  writeMetadata(s, m.name_, told);
}

void write(Session& s, const Options& o, const ph::MailboxInfo& m, bool childInfo) {
  std::string attributes;
  const auto add = [&](std::string_view a) {
    if (!attributes.empty()) attributes += ' ';
    attributes += a;
  };
  if (!m.exists) add("\\NonExistent");
  add(m.has_children ? "\\HasChildren" : "\\HasNoChildren");
  if (m.subscribed && (o.showSubscribed || o.onlySubscribed)) add("\\Subscribed");
  for (const auto& use : kUses) {
    if (m.use & use.bit) add(use.name);
  }
  auto w = s.out();
  w.raw("* LIST (").raw(attributes).raw(") \"/\" ").mailbox(m.name_);
  if (childInfo) w.raw(" (\"CHILDINFO\" (\"SUBSCRIBED\"))");
  w.raw("\r\n");
  // RFC 5819 2: no STATUS for what can't be selected.
  if (!o.status.empty() && m.exists) writeStatus(s, m, o.status);
  if (!o.metadata.empty() && m.exists) tellMetadata(s, o, m);
}

// Many mailboxes make more output than may wait for a client.
class List final : public Task {
 public:
  List(Options options, std::vector<ph::MailboxInfo> mailboxes)
      : options_(std::move(options)), mailboxes_(std::move(mailboxes)) {
    // RFC 5258 3.5: names above a selected mailbox; and those above one that is not itself among the answers.
    if (!options_.recursive) return;
    for (const auto& m : mailboxes_) {
      if (!isSelected(options_, m)) continue;
      const bool shown = matches(options_, m.name_);
      for (auto up = ph::imap::parentMailbox(m.name_); !up.empty(); up = ph::imap::parentMailbox(up)) {
        above_.insert(up);
        if (!shown) aboveHidden_.insert(up);
      }
    }
  }

  Step step(Session& s) override {
    for (; next_ < mailboxes_.size(); ++next_) {
      if (s.outputFull()) return Step::Output;
      const auto& m = mailboxes_[next_];
      if (!matches(options_, m.name_)) continue;
      const bool hidden = m.exists && aboveHidden_.count(m.name_) != 0;
      if (isSelected(options_, m) || hidden) write(s, options_, m, above_.count(m.name_) != 0);
    }
    return s.ok("done");
  }

 private:
  const Options options_;
  const std::vector<ph::MailboxInfo> mailboxes_;
  std::set<std::string_view> above_, aboveHidden_;
  size_t next_ = 0;
};

}  // namespace

Step list(Session& s, ph::imap::Parser& parser) {
  Options o = parse(parser);
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (o.askDelimiter) {
    s.out().raw("* LIST (\\NoSelect) \"/\" \"\"\r\n");
    return s.ok("done");
  }
  auto mailboxes = s.account().mailboxes();
  if (!mailboxes) return s.no(mailboxes.error());
  return s.begin(std::make_unique<List>(std::move(o), std::move(*mailboxes)));
}

}  // namespace ph_imap
