#include "session.hpp"

#include <algorithm>

#include "commands/append.hpp"
#include "commands/capability.hpp"
#include "commands/table.hpp"
#include "login.hpp"
#include "metadata_news.hpp"
#include "notify/notifier.hpp"

namespace ph_imap {

using ph::Next;
using Assembler = ph::imap::CommandAssembler;

namespace {

constexpr uint32_t kWriteTimeoutMs = 5 * 60'000;
constexpr size_t kKeptBuffer = 64;  // a session that waits gives larger ones back
// After login mistakes are bugs of a client, not attacks: patience, but no endless loop.
constexpr unsigned kErrorsAfterLogin = 1000;

// A stranger has little to say: names, passwords and SASL. RFC 7162 4 asks for 8 KiB, searches for more.
constexpr ph::imap::AssemblerLimits kBeforeLogin{16 * 1024, 8 * 1024, 32 * 1024, 1024 * 1024, 100};
constexpr ph::imap::AssemblerLimits kAfterLogin{64 * 1024, 100 * 1024, 1024 * 1024, 1024 * 1024, 1000};

}  // namespace

Session::Session(const ph::Host& host, ph_session* raw, const ph_session_info* info,
                 std::shared_ptr<const Settings> settings)
    : ph::Session(host, raw, info), settings_(std::move(settings)), assembler_(kBeforeLogin) {}

Session::~Session() = default;

Next Session::run(uint32_t why) {
  if (why & PH_WHY_SHUTDOWN) stopping_ = true;
  if (why & PH_WHY_EOF) ended_ = true;
  rearm_ = false;
  Step step = first(why);
  while (step == Step::Answered) {
    task_.reset();
    step = goOn();
  }
  return park(step);
}

Step Session::first(uint32_t why) {
  if (why & PH_WHY_DONE) {
    rearm_ = true;
    const Then then = std::exchange(then_, nullptr);
    return then ? then(*this) : Step::Close;
  }
  if (why & PH_WHY_OPEN) {
    rearm_ = true;
    return why & PH_WHY_TLS ? Step::Answered : greet();
  }
  if (why & PH_WHY_TIMEOUT) return timedOut();
  if (stopping_ && (paused_ || !task_ || task_->isWaiting())) return bye("the server is shutting down");
  if (paused_) return Step::Job;
  if (why & PH_WHY_WRITABLE) rearm_ = true;
  if (notifier_ && notifier_->isBusy()) {
    if (const Step told = tellNews(Expunges::Held); told != Step::Answered) return told;
  }
  if (ending_) return outputFull() ? Step::Output : end(Ending(*ending_));
  return task_ ? task_->step(*this) : Step::Answered;
}

Step Session::goOn() {
  if (lost_) return Step::Close;
  if (stopping_) return bye("the server is shutting down");
  return outputFull() ? Step::Output : nextCommand();
}

Step Session::greet() {
  auto certified = ph::sized<ph_login>();
  const bool preauth = host().accounts->certificate(host().raw(), raw(), &certified) == PH_OK && certified.preauth;
  return preauth ? preauthenticate(*this, [](Session& s) { return s.hello(); }) : hello();
}

// RFC 9051 7.1: the greeting, with the capabilities so that no client needs to ask.
Step Session::hello() {
  out().raw(isLoggedIn() ? "* PREAUTH [" : "* OK [").raw(capabilities(*this)).raw("] ");
  out().statusText(host().hostname()).raw(" Posthouse ready\r\n");
  return Step::Answered;
}

Step Session::timedOut() {
  if (paused_) {
    paused_ = false;
    rearm_ = true;
    const Then then = std::exchange(then_, nullptr);
    return then ? then(*this) : Step::Close;
  }
  if (pending() > 0) return Step::Close;  // it does not even read
  return bye("autologout, idle for too long");
}

Step Session::nextCommand() {
  while (assembler_.state() == Assembler::State::Reading) {
    const auto waiting = input();
    if (waiting.empty()) {
      const Step told = assembler_.isEmpty() ? tellNews(Expunges::Held) : Step::Answered;
      return told == Step::Answered ? Step::Input : told;
    }
    consume(assembler_.feed(waiting));
  }
  rearm_ = rearm_ || isLoggedIn();  // before that the time for all commands together runs
  switch (assembler_.state()) {
    case Assembler::State::Announced:
      return announced();
    case Assembler::State::Complete: {
      const Step step = handleCommand(assembler_.text());
      // A task that reads on has taken the command's text over before.
      if (assembler_.state() == Assembler::State::Complete) assembler_.next();
      return step;
    }
    default:
      return bye(assembler_.error());
  }
}

Step Session::announced() {
  if (auto task = beginAppend(*this, assembler_.text())) return begin(std::move(task));
  const auto literal = assembler_.literal();
  if (auto held = assembler_.bufferLiteral(); !held) {
    setTag(ph::imap::Parser(assembler_.text()).tag());
    // RFC 7888 4: refused before it is sent, or read and dropped.
    const Step step = tag_.empty() ? bad(held.error().text) : no(held.error().text, "TOOBIG");
    assembler_.refuseLiteral();
    return step;
  }
  if (literal.synchronizing) out().raw("+ go on\r\n");
  return Step::Answered;
}

// command = tag SP (command-any / command-auth / command-nonauth / command-select) CRLF
Step Session::handleCommand(std::string_view text) {
  ph::imap::Parser parser(text, {utf8()});
  setTag(parser.tag());
  parser.space();
  std::string name = parser.word();
  if (name == "UID") {
    uid_ = true;
    parser.space();
    name = parser.word();
  }
  const CommandEntry* entry = parser.ok() ? findCommand(name) : nullptr;
  if (entry && !entry->capability.empty() && !offers(entry->capability)) entry = nullptr;
  if (!entry || (uid_ && !entry->hasUidForm)) {
    const Step step = bad(parser.ok() ? "unknown command" : "a command is: tag, blank, name");
    // Who begins like this speaks another protocol: what follows would be more of it.
    return spoken_ || step == Step::Close ? step : bye("this is IMAP");
  }
  spoken_ = true;
  const unsigned state = !isLoggedIn() ? kNotLoggedIn : selected_ ? kSelected : kLoggedIn;
  if (!(entry->states & state)) {
    return bad(state == kNotLoggedIn           ? "log in first"
               : entry->states == kNotLoggedIn ? "you are logged in already"
                                               : "select a mailbox first");
  }
  // RFC 9586 3: the forms without UID take and tell sequence numbers, all but EXPUNGE.
  if (uidOnly_ && !uid_ && entry->hasUidForm && name != "EXPUNGE") return bad("with UIDONLY by UID", "UIDREQUIRED");
  if (entry->holdsExpunges && !uid_) expunges_ = Expunges::Held;
  return entry->handler(*this, parser);
}

// The tagged response, when all changes before it are told; that may take until the client has read some of them.
Step Session::end(Ending ending) {
  badCommands_ = 0;
  ending_.reset();
  expunged_ = ending.withModseq;
  const auto told = showChanges(expunges_);
  expunged_ = false;
  if (!told) return Step::Close;
  if (*told == Told::Part) {
    ending_ = std::move(ending);
    return Step::Output;
  }
  if (ending.withModseq && qresync_) ending.code = "HIGHESTMODSEQ " + std::to_string(selected_->modseq());
  return tagged(ending.kind, ending.code, ending.text);
}

Step Session::tagged(std::string_view kind, std::string_view code, std::string_view text) {
  auto w = out();
  w.raw(tag_).raw(kind);
  if (!code.empty()) w.raw("[").raw(code).raw("] ");
  w.statusText(text).raw("\r\n");
  return Step::Answered;
}

Step Session::ok(std::string_view text, std::string_view code) {
  return end({" OK ", std::string(code), std::string(text)});
}

Step Session::okThenCompress(std::string_view text) {
  badCommands_ = 0;
  tagged(" OK ", {}, text);
  const bool written = write(out_);
  out_.clear();
  // A client that is gone, or sent more than it should have before it saw the answer.
  if (!written || !compress()) return Step::Close;
  compressed_ = true;
  return Step::Answered;
}

Step Session::okWithModseq(std::string_view text) {
  return end({" OK ", {}, std::string(text), true});
}

Step Session::no(std::string_view text, std::string_view code) {
  return end({" NO ", std::string(code), std::string(text)});
}

// The response codes of RFC 9051 7.1 (from RFC 5530).
Step Session::no(const ph::Error& error) {
  switch (error.kind) {
    case ph::Kind::NotFound:
      return no(error.text, "NONEXISTENT");
    case ph::Kind::Conflict:
      return no(error.text, "ALREADYEXISTS");
    case ph::Kind::Quota:
      return no(error.text, "OVERQUOTA");
    case ph::Kind::Denied:
      return no(error.text, "NOPERM");
    case ph::Kind::Invalid:
      return no(error.text, "CANNOT");
    case ph::Kind::Bug:
      return no("internal error", "SERVERBUG");
    default:
      return no(error.text, "UNAVAILABLE");
  }
}

Step Session::bad(std::string_view text, std::string_view code) {
  if (tag_.empty()) {
    out().raw("* BAD ").statusText(text).raw("\r\n");
  } else {
    tagged(" BAD ", code, text);
  }
  if (++badCommands_ > (isLoggedIn() ? kErrorsAfterLogin : settings_->maxErrors)) return bye("too many bad commands");
  return Step::Answered;
}

Step Session::bye(std::string_view text) {
  out().raw("* BYE ").statusText(text).raw("\r\n");
  return Step::Close;
}

std::optional<Told> Session::showChanges(Expunges expunges) {
  if (metadataNews_ && !notifier_) metadataNews_->tell(*this);
  if (!selected_) return Told::All;
  Manner manner{expunges == Expunges::Allowed, qresync_ || uidOnly_, condstore_, true, uidOnly_};
  if (notifier_) {
    // RFC 5465 3.1: only what was asked for, but what this command did itself.
    const uint32_t events = notifier_->request().selected;
    if (events == 0 && !expunged_) return Told::All;
    manner.flags = (events & kFlagChange) != 0;
  }
  selected_->refreshRights(out_);
  const auto shown = selected_->show(manner, out_, [this] { return outputOver(); });
  if (shown.ok()) return *shown;
  const bool gone = shown.error().kind == ph::Kind::NotFound || shown.error().kind == ph::Kind::Denied;
  gone ? lost(shown.error()) : bye("the mailbox can't be read");
  return std::nullopt;
}

Step Session::lost(const ph::Error& error) {
  if (error.kind == ph::Kind::Denied) return bye("the selected mailbox is not shared with you any more");
  if (error.kind == ph::Kind::NotFound) return bye("the selected mailbox was deleted");
  return no("the mailbox can't be read", "UNAVAILABLE");
}

void Session::enableCondstore() {
  if (std::exchange(condstore_, true) || !selected_) return;
  out().raw("* OK [HIGHESTMODSEQ ").number(selected_->modseq()).raw("] mod-sequences are told from now on\r\n");
}

void Session::enableMetadata() {
  if (!metadataNews_) metadataNews_ = std::make_unique<MetadataNews>(*this);
}

void Session::enableQresync() {
  enableCondstore();
  qresync_ = true;
}

Step Session::jobOr(ph::Pool pool, std::function<void()> work, Then then,
                    const std::function<Step(Session&, const ph::Error&)>& refused) {
  then_ = std::move(then);
  if (auto given = offload(pool, std::move(work)); !given) {
    then_ = nullptr;
    return refused(*this, given.error());
  }
  return Step::Job;
}

Step Session::job(ph::Pool pool, std::function<void()> work, Then then) {
  return jobOr(pool, std::move(work), std::move(then), [](Session& s, const ph::Error& why) {
    if (s.tag_.empty()) return s.bye(why.text);  // there is no command to answer yet
    return s.no(why.text, "UNAVAILABLE");
  });
}

Step Session::pause(uint32_t ms, Then then) {
  then_ = std::move(then);
  paused_ = true;
  deadline(ms);
  return Step::Job;
}

bool Session::offers(std::string_view capability) const {
  const std::string name(capability);
  if (settings_->disabled.count(name) != 0) return false;
  const auto own = settings_->disabledForAccounts.find(accountName_);
  if (own != settings_->disabledForAccounts.end() && own->second.count(name) != 0) return false;
  return std::none_of(settings_->disabledForClients.begin(), settings_->disabledForClients.end(), [&](const auto& c) {
    return !clientName_.empty() && clientName_.compare(0, c.first.size(), c.first) == 0 && c.second.count(name) != 0;
  });
}

void Session::openFetch(uint32_t seq, uint32_t uid) {
  out_ += "* ";
  out_ += std::to_string(uidOnly_ ? uid : seq);
  out_ += uidOnly_ ? " UIDFETCH (" : " FETCH (";
}

void Session::setTag(std::string tag) {
  tag_ = std::move(tag);
  uid_ = false;
  expunges_ = Expunges::Allowed;
}

Step Session::begin(std::unique_ptr<Task> task) {
  task_ = std::move(task);
  return task_->step(*this);
}

Step Session::readLine(std::string& line) {
  if (assembler_.state() == Assembler::State::Complete) assembler_.next();
  if (const Step read = readOn(); read != Step::Answered) return read;
  line = assembler_.text();
  if (assembler_.state() == Assembler::State::Announced) {
    assembler_.refuseLiteral();
  } else {
    assembler_.next();
  }
  return Step::Answered;
}

Step Session::readOn() {
  while (assembler_.state() == Assembler::State::Reading) {
    const auto waiting = input();
    if (waiting.empty()) return Step::Input;
    consume(assembler_.feed(waiting));
  }
  rearm_ = rearm_ || isLoggedIn();  // before that the time for all commands together runs
  return assembler_.state() == Assembler::State::Broken ? bye(assembler_.error()) : Step::Answered;
}

std::string_view Session::literalInput() const {
  return input().substr(0, static_cast<size_t>(std::min<uint64_t>(assembler_.streamLeft(), SIZE_MAX)));
}

void Session::consumeLiteral(size_t count) {
  consume(count);
  assembler_.streamed(count);
  rearm_ = true;
}

void Session::loggedIn(std::string name, ph::Account account) {
  assembler_.setLimits(kAfterLogin);
  accountName_ = std::move(name);
  account_ = std::make_shared<ph::Account>(std::move(account));
  badCommands_ = 0;
}

void Session::notify(std::unique_ptr<Notifier> notifier) {
  notifier_ = std::move(notifier);
}

void Session::select(std::unique_ptr<Selected> selected) {
  if (notifier_) notifier_->selects(selected_.get(), selected.get());
  selected_ = std::move(selected);
}

Step Session::tellNews(Expunges delayed) {
  if (!notifier_) {
    if (metadataNews_) metadataNews_->tell(*this);
    return Step::Answered;
  }
  const Step step = notifier_->tell(*this, delayed);
  // RFC 5465 5.8: then nothing is told at all, as after NOTIFY NONE.
  if (notifier_->isOver()) {
    NotifyRequest none;
    none.none = true;
    notifier_ = std::make_unique<Notifier>(*this, std::move(none));
  }
  return step;
}

void Session::loggedOut() {
  notifier_.reset();
  metadataNews_.reset();
  selected_.reset();
  account_.reset();
  accountName_.clear();
  assembler_.setLimits(kBeforeLogin);
  rev2_ = utf8Accept_ = condstore_ = qresync_ = uidOnly_ = false;
  rearm_ = true;
}

Next Session::park(Step step) {
  if (!hold(assembler_.held() + out_.size()) && step != Step::Close && (step != Step::Job || paused_)) {
    step = bye("the server is too busy, try again later");
  }
  // A job may be running already: it uses what it was given, but the output stays where it is until it ended.
  if (step == Step::Job && !paused_) return Next::Done;
  if (!out_.empty()) {
    if (!write(out_)) lost_ = true;
    out_.clear();
  }
  if (out_.capacity() > kKeptBuffer && step != Step::Output) std::string().swap(out_);
  Next next = Next::Read;
  switch (step) {
    case Step::Answered:
    case Step::Job:
      break;
    case Step::Input:
      if (ended_) next = Next::Close;
      break;
    case Step::Output:
      next = Next::Write;
      break;
    case Step::Tls:
      next = Next::Tls;
      break;
    case Step::Close:
      next = Next::Close;
      break;
  }
  if (lost_) next = Next::Close;
  setDeadline(next);
  return next;
}

void Session::setDeadline(Next next) {
  if (paused_ || !rearm_) return;
  if (next == Next::Write) return deadline(kWriteTimeoutMs);
  if (next == Next::Read) deadline(isLoggedIn() ? settings_->idleTimeoutMs : settings_->loginTimeoutMs);
}

}  // namespace ph_imap
