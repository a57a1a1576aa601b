// LIST. RFC 9051 6.3.9: list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]; the
// options of RFC 5258 (SUBSCRIBED REMOTE RECURSIVEMATCH, SUBSCRIBED CHILDREN), RFC 6154 (SPECIAL-USE), RFC 5819
// (STATUS), RFC 9590 (METADATA), RFC 8440 (MYRIGHTS).
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
  bool rights = false;
  std::vector<std::string> status;
  std::vector<std::string> metadata;
  std::vector<ph::imap::ListPattern> patterns;
  bool others = false;        // a pattern may match the name of another's mailbox
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

void parseReturn(const Session& s, ph::imap::Parser& parser, Options& o) {
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
    } else if (name == "MYRIGHTS" && s.offers("ACL")) {
      o.rights = true;
    } else if (name != "CHILDREN" && name != "SPECIAL-USE") {  // both are always shown
      parser.fail("unknown return option");
    }
  } while (parser.accept(' '));
  parser.expect(')');
}

Options parse(const Session& s, ph::imap::Parser& parser) {
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
  for (const auto& p : patterns) {
    o.patterns.emplace_back(reference + p);
    o.others = o.others || mayNameOthers(reference + p);
  }
  if (parser.accept(' ')) parseReturn(s, parser, o);
  parser.end();
  return o;
}

bool matches(const Options& o, std::string_view name) {
  return std::any_of(o.patterns.begin(), o.patterns.end(), [&](const auto& p) { return p.matches(name); });
}

bool isSelected(const Options& o, const Listed& l) {
  const auto& m = l.place.info;
  if (l.kind == Listed::Kind::Namespace) return !o.onlySubscribed && !o.onlySpecial;
  if (o.onlySubscribed ? !m.subscribed : !m.exists) return false;
  return !o.onlySpecial || m.use != 0;
}

// RFC 9590 3: NIL for what is not set.
void tellMetadata(Session& s, const Options& o, const Place& place) {
  const auto& m = place.info;
  const auto all = place.home.account->annotations(m.id);
  if (!all) return;
  std::vector<ph::Annotation> told;
  for (const std::string& entry : o.metadata) {
    const auto found =
        std::find_if(all->begin(), all->end(), [&](const ph::Annotation& a) { return a.entry == entry; });
    told.push_back(found == all->end() ? ph::Annotation{m.id, entry, std::nullopt} : *found);
  }
  writeMetadata(s, m.name_, told);
}

void write(Session& s, const Options& o, const Place& place, bool childInfo) {
  const auto& m = place.info;
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
  if (!m.exists) return;
  // RFC 8440 3.
  if (o.rights && (m.rights & right::kTold)) {
    s.out().raw("* MYRIGHTS ").mailbox(m.name_).raw(" ").astring(ph::imap::rightsText(m.rights)).raw("\r\n");
  }
  // RFC 5819 2: no STATUS for what can't be selected.
  if (!o.status.empty() && (m.rights & right::kRead)) writeStatus(s, m, o.status);
  if (!o.metadata.empty()) tellMetadata(s, o, place);
}

// Many mailboxes make more output than may wait for a client.
class List final : public Task {
 public:
  List(Options options, std::vector<Listed> mailboxes)
      : options_(std::move(options)), mailboxes_(std::move(mailboxes)) {
    for (const auto& l : mailboxes_) {
      const bool selected = isSelected(options_, l);
      const bool shown = matches(options_, l.place.info.name_);
      // RFC 4314 4: a mailbox that is not seen is as one that does not exist: "%" stops there.
      const bool standsIn = l.place.info.exists && !l.place.home.owner.empty() && selected && !shown;
      if (!standsIn && !(options_.recursive && selected)) continue;
      // RFC 5258 3.5: names above a selected mailbox; and those above one that is not itself among the answers.
      const std::string_view name = l.place.info.name_;
      for (auto up = ph::imap::parentMailbox(name); !up.empty(); up = ph::imap::parentMailbox(up)) {
        if (standsIn) gaps_.insert(up);
        if (!options_.recursive) continue;
        above_.insert(up);
        if (!shown) aboveHidden_.insert(up);
      }
    }
  }

  Step step(Session& s) override {
    for (; next_ < mailboxes_.size(); ++next_) {
      if (s.outputFull()) return Step::Output;
      const auto& l = mailboxes_[next_];
      const std::string_view name = l.place.info.name_;
      if (!matches(options_, name)) continue;
      const bool exists = l.place.info.exists || l.kind != Listed::Kind::Mailbox;
      const bool hidden = exists && aboveHidden_.count(name) != 0;
      const bool gap = l.kind == Listed::Kind::Gap && gaps_.count(name) != 0;
      if (isSelected(options_, l) || hidden || gap) write(s, options_, l.place, above_.count(name) != 0);
    }
    return s.ok("done");
  }

 private:
  const Options options_;
  const std::vector<Listed> mailboxes_;
  std::set<std::string_view> above_, aboveHidden_, gaps_;
  size_t next_ = 0;
};

}  // namespace

Step list(Session& s, ph::imap::Parser& parser) {
  Options o = parse(s, parser);
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (o.askDelimiter) {
    s.out().raw("* LIST (\\NoSelect) \"/\" \"\"\r\n");
    return s.ok("done");
  }
  const bool others = o.others;
  return gatherMailboxes(s, others, [o = std::move(o)](Session& session, ph::Result<std::vector<Listed>> all) {
    if (!all) return session.no(all.error());
    return session.begin(std::make_unique<List>(o, std::move(*all)));
  });
}

}  // namespace ph_imap
