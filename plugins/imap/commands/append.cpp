// APPEND. RFC 9051 6.3.12: append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP (literal / literal8), and RFC
// 6855 4: "UTF8" SP "(" literal8 ")" in place of the literal. Octets go straight into a message of the host.
#include "commands/append.hpp"

#include <algorithm>

#include "commands/table.hpp"
#include "flags.hpp"
#include "mailbox_lookup.hpp"

namespace ph_imap {

namespace {

struct Arguments {
  std::string tag;
  std::string mailbox;
  std::vector<std::string> flags;
  std::optional<ph::date::DateTime> date;
  bool utf8 = false;
  ph::imap::LiteralHead literal;
};

// Reads up to the literal; what is wrong is in the parser's status.
Arguments parse(ph::imap::Parser& parser) {
  Arguments a;
  parser.space();
  a.mailbox = parser.mailbox();
  parser.space();
  if (parser.peek() == '(') {
    a.flags = parser.flagList();
    parser.space();
  }
  if (parser.peek() == '"') {
    a.date = parser.dateTime();
    parser.space();
  }
  if (parser.acceptWord("UTF8")) {
    a.utf8 = true;
    parser.space();
    parser.expect('(');
  }
  a.literal = parser.streamedLiteral();
  return a;
}

class Append final : public Task {
 public:
  explicit Append(Arguments arguments) : arguments_(std::move(arguments)) {}

  Step step(Session& s) override {
    if (!started_) {
      started_ = true;
      check(s);
      if (!refusal_.empty() && arguments_.literal.synchronizing) {
        const Step over = s.no(refusal_, code_);
        s.assembler().refuseLiteral();
        return over;
      }
      s.assembler().streamLiteral();
      if (arguments_.literal.synchronizing) s.out().raw("+ go on\r\n");
    }
    while (s.assembler().streamLeft() > 0) {
      const auto octets = s.literalInput();
      if (octets.empty()) return Step::Input;
      take(octets);
      s.consumeLiteral(octets.size());
    }
    std::string rest;
    if (const Step read = s.readLine(rest); read != Step::Answered) return read;
    if (rest != (arguments_.utf8 ? ")" : "")) return s.bad("one message, and nothing behind it");
    if (!refusal_.empty()) return s.no(refusal_, code_);
    return store(s);
  }

 private:
  void refuse(std::string text, std::string code) {
    if (!refusal_.empty()) return;
    refusal_ = std::move(text);
    code_ = std::move(code);
    message_ = {};
  }

  void check(Session& s) {
    const auto mailbox = findMailbox(s, arguments_.mailbox);
    if (!mailbox) {
      const bool missing = mailbox.error().kind == ph::Kind::NotFound;
      return refuse(mailbox.error().text, missing ? "TRYCREATE" : "CANNOT");
    }
    name_ = mailbox->name_;
    const uint64_t limit = s.settings().appendLimit;
    if (arguments_.literal.size > limit) return refuse("the message is too large", "TOOBIG");
    // RFC 9208 4.3.1, before it is sent. The store has the last word when it is.
    const auto usage = s.account().usage();
    if (usage && usage->limit != 0 && arguments_.literal.size > usage->limit - std::min(usage->bytes, usage->limit)) {
      return refuse("the account is over its quota", "OVERQUOTA");
    }
    message_ = ph::Message::create(s.host(), limit);
    if (!message_) refuse("no room for the message now", "UNAVAILABLE");
  }

  void take(std::string_view octets) {
    if (!message_) return;
    // RFC 9051 4.3: NUL can be in no literal but literal8. And there BODY[] must not show it (RFC 3516 6), which would
    // take another transfer encoding and break signatures: mailboxes do not keep such messages (RFC 3516 4.4).
    if (octets.find('\0') != std::string_view::npos) {
      return refuse("the message holds NUL", arguments_.literal.binary ? "UNKNOWN-CTE" : "CANNOT");
    }
    if (message_.write(octets) != PH_OK) refuse("no room for the message now", "UNAVAILABLE");
  }

  Step store(Session& s) {
    if (message_.finish() != PH_OK) return s.no("no room for the message now", "UNAVAILABLE");
    const Flags flags = splitFlags(arguments_.flags);
    keywords_ = flags.keywords;
    auto what = ph::sized<ph_append>();
    what.flags = flags.system;
    what.message = message_.raw();
    what.mailbox = ph::str(name_);
    what.keywords = ph::str(keywords_);
    if (arguments_.date) {
      what.internal_date = arguments_.date->unixSeconds;
      what.zone_minutes = arguments_.date->zoneMinutes;
    } else {
      what.internal_date = s.host().wallMs() / 1000;
      what.zone_minutes = s.host().zoneMinutes(what.internal_date);
    }
    // The job uses this task and the account only; both stay until it ends.
    return s.job(
        ph::Pool::Disk, [this, what, account = &s.account()] { result_ = account->append(what); },
        [this](Session& session) { return answer(session); });
  }

  Step answer(Session& s) {
    if (result_.ok()) {
      // RFC 4315 3.
      return s.ok("appended", "APPENDUID " + std::to_string(result_->uidvalidity) + " " + std::to_string(result_->uid));
    }
    if (result_.error().kind == ph::Kind::NotFound) return s.no("the mailbox was deleted", "TRYCREATE");
    return s.no(result_.error());
  }

  Arguments arguments_;
  ph::Message message_;
  std::string name_;
  std::string keywords_;
  std::string refusal_;
  std::string code_;
  ph::Result<ph_appended> result_ = ph::Error{ph::Kind::Temporary, "not done"};
  bool started_ = false;
};

}  // namespace

std::unique_ptr<Task> beginAppend(Session& s, std::string_view text) {
  if (!s.isLoggedIn()) return nullptr;
  ph::imap::Parser parser(text, {s.utf8()});
  std::string tag = parser.tag();
  parser.space();
  if (!parser.acceptWord("APPEND")) return nullptr;
  Arguments arguments = parse(parser);
  if (!parser.ok()) return nullptr;
  s.setTag(std::move(tag));
  return std::make_unique<Append>(std::move(arguments));
}

// Comes here only when it is wrong, or its mailbox was the last literal.
Step append(Session& s, ph::imap::Parser& parser) {
  parse(parser);
  return s.bad(parser.ok() ? "a literal is missing" : parser.status().error().text);
}

}  // namespace ph_imap
