// APPEND and REPLACE. RFC 9051 6.3.12, RFC 3502: append = "APPEND" SP mailbox 1*append-message; RFC 8508 5: replace =
// "REPLACE" SP seq-number SP mailbox append-message; append-message = [SP flag-list] [SP date-time] SP (literal /
// literal8 / "UTF8" SP "(" literal8 ")"), the last of RFC 6855 4. Octets go straight into messages of the host; all of
// a command become mail in one commit.
#include "commands/append.hpp"

#include <algorithm>

#include "commands/table.hpp"
#include "flags.hpp"
#include "mailbox_lookup.hpp"
#include "notify/notifier.hpp"

namespace ph_imap {

namespace {

constexpr size_t kMaxMessages = 1000;

struct Head {
  std::vector<std::string> flags;
  std::optional<ph::date::DateTime> date;
  bool utf8 = false;
  ph::imap::LiteralHead literal;
};

struct Arguments {
  std::string mailbox;
  bool replaces = false;
  bool byUid = false;
  uint32_t number = 0;  // of the message to be replaced
  Head first;
};

// append-message up to its literal; what is wrong is in the parser's status.
Head parseHead(ph::imap::Parser& parser) {
  Head h;
  parser.space();
  if (parser.peek() == '(') {
    h.flags = parser.flagList();
    parser.space();
  }
  if (parser.peek() == '"') {
    h.date = parser.dateTime();
    parser.space();
  }
  if (parser.acceptWord("UTF8")) {
    h.utf8 = true;
    parser.space();
    parser.expect('(');
  }
  h.literal = parser.streamedLiteral();
  return h;
}

Arguments parse(ph::imap::Parser& parser, bool replaces, bool byUid) {
  Arguments a;
  a.replaces = replaces;
  a.byUid = byUid;
  parser.space();
  if (replaces) {
    a.number = parser.nzNumber();
    parser.space();
  }
  a.mailbox = parser.mailbox();
  a.first = parseHead(parser);
  return a;
}

struct Item {
  ph::Message message;
  Flags flags;
  std::optional<ph::date::DateTime> date;
};

class Append final : public Task {
 public:
  explicit Append(Arguments arguments) : arguments_(std::move(arguments)), head_(arguments_.first) {}

  Step step(Session& s) override {
    while (true) {
      if (!place_) return look(s);
      if (!begun_) {
        begun_ = true;
        check(s);
        if (!refusal_.empty() && head_.literal.synchronizing) {
          const Step over = s.no(refusal_, code_);
          s.assembler().refuseLiteral();
          return over;
        }
        s.assembler().streamLiteral();
        if (head_.literal.synchronizing) s.out().raw("+ go on\r\n");
      }
      while (s.assembler().streamLeft() > 0) {
        const auto octets = s.literalInput();
        if (octets.empty()) return Step::Input;
        take(octets);
        s.consumeLiteral(octets.size());
      }
      if (const Step read = s.readOn(); read != Step::Answered) return read;
      ph::imap::Parser parser(s.assembler().text(), {s.utf8()});
      if (head_.utf8) parser.expect(')');
      if (parser.ok() && parser.isAtEnd()) {
        s.assembler().next();
        return finish(s);
      }
      if (!s.offers("MULTIAPPEND")) parser.fail("one message, and nothing behind it");
      const bool another = s.assembler().state() == ph::imap::CommandAssembler::State::Announced;
      if (arguments_.replaces) parser.fail("one message, and nothing behind it");
      Head next = parseHead(parser);
      if (!parser.ok() || !another) {
        const Step over = s.bad(parser.ok() ? "a literal is missing" : parser.status().error().text);
        another ? s.assembler().refuseLiteral() : s.assembler().next();
        return over;
      }
      head_ = std::move(next);
      begun_ = false;
    }
  }

 private:
  // Then goes on.
  Step look(Session& s) {
    return findMailbox(s, arguments_.mailbox, right::kInsert, [this](Session& session, ph::Result<Place> place) {
      place_ = std::move(place);
      return step(session);
    });
  }

  void refuse(std::string text, std::string code) {
    if (!refusal_.empty()) return;
    refusal_ = std::move(text);
    code_ = std::move(code);
    items_.clear();
  }

  void check(Session& s) {
    if (!refusal_.empty()) return;
    if (items_.empty()) checkCommand(s);
    if (!refusal_.empty()) return;
    // RFC 3502 6.3.11: this is how a client takes it all back.
    if (head_.literal.size == 0) return refuse("cancelled by an empty message", "");
    const uint64_t limit = s.settings().appendLimit;
    if (head_.literal.size > limit) return refuse("the message is too large", "TOOBIG");
    if (items_.size() == kMaxMessages) return refuse("too many messages in one command", "LIMIT");
    // RFC 9208 4.3.1, before it is sent. The store has the last word when it is, and knows what a replaced one frees.
    const auto usage = (*place_)->home.account->usage();
    octets_ += head_.literal.size;
    if (!arguments_.replaces && usage && usage->limit != 0 &&
        octets_ > usage->limit - std::min(usage->bytes, usage->limit)) {
      return refuse("the account is over its quota", "OVERQUOTA");
    }
    Item item;
    item.message = ph::Message::create(s.host(), limit);
    if (!item.message) return refuse("no room for the message now", "UNAVAILABLE");
    item.flags = splitFlags(head_.flags);
    item.date = head_.date;
    items_.push_back(std::move(item));
  }

  void checkCommand(Session& s) {
    if (arguments_.replaces) {
      const Selected& mailbox = *s.selected();
      replaced_ = ph::sized<ph_replaced>();
      replaced_.mailbox_id = mailbox.mailboxId();
      replaced_.uid = arguments_.byUid ? arguments_.number : mailbox.view().uid(arguments_.number);
      if (mailbox.readOnly()) return refuse("the mailbox is open read-only", "CANNOT");
      if (replaced_.uid == 0 || mailbox.view().seq(replaced_.uid) == 0) return refuse("no such message", "NONEXISTENT");
    }
    if (!*place_) {
      const auto& why = place_->error();
      return refuse(why.text, why.kind == ph::Kind::NotFound  ? "TRYCREATE"
                              : why.kind == ph::Kind::Denied  ? "NOPERM"
                              : why.kind == ph::Kind::Invalid ? "CANNOT"
                                                              : "UNAVAILABLE");
    }
    // It would be two commits.
    if (arguments_.replaces && (*place_)->home.owner != s.selected()->key().owner)
      refuse("a message is replaced in its own account", "CANNOT");
  }

  void take(std::string_view octets) {
    if (!refusal_.empty()) return;
    // RFC 9051 4.3: NUL can be in no literal but literal8. And there BODY[] must not show it (RFC 3516 6), which would
    // take another transfer encoding and break signatures: mailboxes do not keep such messages (RFC 3516 4.4).
    if (octets.find('\0') != std::string_view::npos) {
      return refuse("the message holds NUL", head_.literal.binary ? "UNKNOWN-CTE" : "CANNOT");
    }
    if (items_.back().message.write(octets) != PH_OK) refuse("no room for the message now", "UNAVAILABLE");
  }

  Step finish(Session& s) {
    if (!refusal_.empty()) return s.no(refusal_, code_);
    std::vector<ph_append> all;
    for (Item& item : items_) {
      if (item.message.finish() != PH_OK) return s.no("no room for the message now", "UNAVAILABLE");
      auto what = ph::sized<ph_append>();
      what.flags = item.flags.system;
      what.message = item.message.raw();
      what.mailbox = ph::str((*place_)->home.name);
      what.keywords = ph::str(item.flags.keywords);
      what.internal_date = item.date ? item.date->unixSeconds : s.host().wallMs() / 1000;
      what.zone_minutes = item.date ? item.date->zoneMinutes : s.host().zoneMinutes(what.internal_date);
      all.push_back(what);
    }
    // The job uses this task only; it stays until it ends.
    return s.job(
        ph::Pool::Disk, [this, all = std::move(all)] { store(*(*place_)->home.account, all); },
        [this](Session& session) { return answer(session); });
  }

  void store(ph::Account& account, const std::vector<ph_append>& all) {
    if (all.size() > 1 || arguments_.replaces) {
      result_ = account.appendAll(all, arguments_.replaces ? &replaced_ : nullptr);
      return;
    }
    auto one = account.append(all.front());
    if (one) {
      result_ = std::vector<ph_appended>{*one};
    } else {
      result_ = one.error();
    }
  }

  Step answer(Session& s) {
    if (!result_.ok()) {
      if (result_.error().kind == ph::Kind::NotFound) return s.no("the mailbox was deleted", "TRYCREATE");
      if (result_.error().kind == ph::Kind::Conflict) return s.no(result_.error().text, "NONEXISTENT");
      return s.no(result_.error());
    }
    // RFC 4315 3, RFC 3502 (resp-code-apnd): they came in this order, one after the other.
    ph::imap::NumberSet uids;
    for (const auto& one : *result_) uids.add(one.uid);
    if (s.notifier()) s.notifier()->own((*place_)->key(), uids);
    const std::string code = "APPENDUID " + std::to_string(result_->front().uidvalidity) + " " + uids.toString();
    if (!arguments_.replaces) return s.ok("appended", code);
    // RFC 8508 4.3: before the EXPUNGE.
    s.out().raw("* OK [").raw(code).raw("] replacement\r\n");
    return s.okWithModseq("replaced");
  }

  Arguments arguments_;
  Head head_;  // of the message that is coming
  std::vector<Item> items_;
  uint64_t octets_ = 0;
  ph_replaced replaced_{};
  std::optional<ph::Result<Place>> place_;
  std::string refusal_;
  std::string code_;
  ph::Result<std::vector<ph_appended>> result_ = ph::Error{ph::Kind::Temporary, "not done"};
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<Task> beginAppend(Session& s, std::string_view text) {
  if (!s.isLoggedIn()) return nullptr;
  ph::imap::Parser parser(text, {s.utf8()});
  std::string tag = parser.tag();
  parser.space();
  const bool byUid = parser.acceptWord("UID");
  if (byUid) parser.space();
  const bool replaces = s.selected() && s.offers("REPLACE") && parser.acceptWord("REPLACE");
  if (!replaces && (byUid || !parser.acceptWord("APPEND"))) return nullptr;
  Arguments arguments = parse(parser, replaces, byUid);
  if (!parser.ok() || (replaces && !byUid && s.uidOnly())) return nullptr;
  s.setTag(std::move(tag));
  return std::make_unique<Append>(std::move(arguments));
}

// Comes here only when it is wrong, or its mailbox was the last literal.
Step append(Session& s, ph::imap::Parser& parser) {
  parse(parser, false, false);
  return s.bad(parser.ok() ? "a literal is missing" : parser.status().error().text);
}

Step replace(Session& s, ph::imap::Parser& parser) {
  parse(parser, true, s.isUid());
  return s.bad(parser.ok() ? "a literal is missing" : parser.status().error().text);
}

}  // namespace ph_imap
