// One IMAP connection: commands in, responses out, and the points where it waits.
//
// Guarantees: commands run strictly in order, whatever is pipelined; nothing that may wait for the disk or costs CPU
// runs on a session thread; memory waiting for the client is bounded; every wait has a deadline; an idle session holds
// no buffers. A command is either answered by its handler at once, or leaves a Task or a job behind.
// Threads: run() of ph::Session; jobs run on a pool while the session is parked and must use nothing of the session but
// what they were given. RFC 9051 2.2, 3, 5.3, 5.4, 7.1.5.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ph/imap/assembler.hpp"
#include "ph/imap/parser.hpp"
#include "ph/imap/writer.hpp"
#include "ph/login.hpp"
#include "ph/session.hpp"
#include "ph/store.hpp"
#include "ph/text/ascii.hpp"
#include "selected.hpp"
#include "settings.hpp"

namespace ph_imap {

class Session;
class MetadataNews;
class Notifier;

// What a handler, a task or the end of a job answers.
enum class Step {
  Answered,  // the command is over, its tagged response is written
  Input,     // call the task again when there is input, a wake-up or a deadline
  Output,    // call the task again when the output is sent
  Job,       // job() or pause() will go on
  Tls,
  Close,
};

// The state of a command that takes more than one step.
class Task {
 public:
  virtual ~Task() = default;
  virtual Step step(Session& s) = 0;
  // Whether it may be ended in the middle when the server stops: it waits for nothing but the client.
  virtual bool isWaiting() const { return false; }
};

// Whether untagged EXPUNGE may be sent with the response (RFC 9051 7.5.1).
enum class Expunges { Allowed, Held };

class Session final : public ph::Session {
 public:
  Session(const ph::Host& host, ph_session* raw, const ph_session_info* info, std::shared_ptr<const Settings> settings);
  ~Session() override;

  ph::Next run(uint32_t why) override;

  // --- answering
  // ------------------------------------------------------------------------------------------------------ The tagged
  // responses. ok() and no() first tell what changed in the selected mailbox. code: "TRYCREATE" or empty.
  Step ok(std::string_view text, std::string_view code = {});
  // With QRESYNC the code is HIGHESTMODSEQ, as after each command that expunges (RFC 7162 3.2.7).
  Step okWithModseq(std::string_view text);
  Step no(std::string_view text, std::string_view code = {});
  Step no(const ph::Error& error);
  Step bad(std::string_view text, std::string_view code = {});
  // A tagged OK behind which both directions are compressed (RFC 4978 3). Changes wait for the next answer.
  Step okThenCompress(std::string_view text);
  bool isCompressed() const { return compressed_; }
  // "* BYE", then the connection is closed.
  Step bye(std::string_view text);
  // The selected mailbox is not there any more, or may not be read (RFC 2180 3.3, RFC 4314 5.1.1): there is no better
  // way to tell. Another error is answered with NO.
  Step lost(const ph::Error& error);
  // Untagged responses go here. It is flushed when the session waits.
  ph::imap::Writer out() { return ph::imap::Writer(out_, utf8()); }
  std::string& buffer() { return out_; }
  // So much waits for the client that a task should answer Output.
  bool outputFull() const { return out_.size() + pending() > kEnoughOutput; }
  // So much that it must, also in the middle of a batch.
  bool outputOver() const { return out_.size() + pending() > kMostOutput; }

  // --- waiting
  // --------------------------------------------------------------------------------------------------------
  using Then = std::function<Step(Session&)>;
  // Runs `work` on a pool, then `then`. The last thing a handler or step does.
  Step job(ph::Pool pool, std::function<void()> work, Then then);
  // When the pool takes no work now, `refused` answers.
  Step jobOr(ph::Pool pool, std::function<void()> work, Then then,
             const std::function<Step(Session&, const ph::Error&)>& refused);
  // Hears nothing for `ms`, then `then`.
  Step pause(uint32_t ms, Then then);
  // Makes `task` the running command and takes its first step.
  Step begin(std::unique_ptr<Task> task);
  // A line that is no command (RFC 9051 6.2.2, 6.3.13). Answered: it is in `line`; otherwise return what it answers.
  Step readLine(std::string& line);
  // Reads on behind a streamed literal. Answered: the assembler is Complete or Announced, and the task goes on with it.
  Step readOn();
  // Takes octets of a literal that is being streamed; empty: none are here now.
  std::string_view literalInput() const;
  void consumeLiteral(size_t count);

  ph::imap::CommandAssembler& assembler() { return assembler_; }

  // --- state
  // ----------------------------------------------------------------------------------------------------------
  bool isUid() const { return uid_; }  // the command has the UID prefix
  const std::string& tag() const { return tag_; }
  void setTag(std::string tag);
  // RFC 9051 6.3.1: names in UTF-8 and the responses of IMAP4rev2.
  bool rev2() const { return rev2_; }
  bool utf8() const { return rev2_ || utf8Accept_; }
  void enableRev2() { rev2_ = true; }
  void enableUtf8() { utf8Accept_ = true; }
  // RFC 7162 3.1: from the first command on that shows the client knows mod-sequences. With a mailbox selected its
  // HIGHESTMODSEQ is written.
  void enableCondstore();
  void enableQresync();
  bool condstore() const { return condstore_; }
  bool qresync() const { return qresync_; }
  // RFC 9586 3: no sequence number is told or taken any more.
  void enableUidOnly() { uidOnly_ = true; }
  bool uidOnly() const { return uidOnly_; }
  // RFC 5464 4.1: it is told of annotations that others change.
  void enableMetadata();
  MetadataNews* metadataNews() { return metadataNews_.get(); }
  // "* 3 FETCH (", or "* 7 UIDFETCH (".
  void openFetch(uint32_t seq, uint32_t uid);
  // The command names sequence numbers in spite of its UID prefix (RFC 7162 3.2.10.2).
  void holdExpunges() { expunges_ = Expunges::Held; }

  ph::Result<ph::Login> startLogin(std::string_view mechanism) const {
    return ph::Login::begin(host(), raw(), mechanism);
  }
  bool isLoggedIn() const { return static_cast<bool>(account_); }
  // The user's own.
  ph::Account& account() { return *account_; }
  const std::shared_ptr<ph::Account>& ownAccount() const { return account_; }
  const std::string& accountName() const { return accountName_; }
  void loggedIn(std::string name, ph::Account account);
  // RFC 8437 4.1: what was enabled, selected and saved is forgotten; TLS stays.
  void loggedOut();
  unsigned countLoginFailure() { return ++loginFailures_; }

  Selected* selected() { return selected_.get(); }
  void select(std::unique_ptr<Selected> selected);
  // Tells what changed in the selected mailbox. Part: as much as may wait for the client, call it again; nothing: it
  // is gone, BYE is written.
  std::optional<Told> showChanges(Expunges expunges);

  // Whether the extension is offered to this client, by its name in upper case; see Settings::disabled.
  bool offers(std::string_view capability) const;
  // What the client asked NOTIFY for; nullptr: the base protocol's rules hold.
  Notifier* notifier() { return notifier_.get(); }
  void notify(std::unique_ptr<Notifier> notifier);
  // Tells what NOTIFY is about, if there is anything: Answered, or Output or Close. Held: SELECTED-DELAYED holds
  // expunges back now (RFC 5465 6.1.2).
  Step tellNews(Expunges delayed);
  // The name by which the client identified itself.
  void setClientName(std::string_view name) { clientName_ = ph::text::toLower(name); }
  const Settings& settings() const { return *settings_; }
  bool passwordAllowed() const { return tlsActive() || info().plaintext_login != 0; }

  using ph::Session::host;
  using ph::Session::id;
  using ph::Session::info;
  using ph::Session::input;
  using ph::Session::mechanisms;
  using ph::Session::reportLogin;
  using ph::Session::startTls;
  using ph::Session::tlsActive;
  using ph::Session::tlsOffered;

 private:
  static constexpr size_t kEnoughOutput = 64 * 1024;
  static constexpr size_t kMostOutput = 192 * 1024;

  Step first(uint32_t why);
  Step goOn();
  Step greet();
  Step hello();
  Step timedOut();
  Step nextCommand();
  Step handleCommand(std::string_view text);
  Step announced();
  struct Ending {
    const char* kind;
    std::string code, text;
    bool withModseq = false;
  };
  Step end(Ending ending);
  Step tagged(std::string_view kind, std::string_view code, std::string_view text);
  ph::Next park(Step step);
  void setDeadline(ph::Next next);

  std::shared_ptr<const Settings> settings_;
  ph::imap::CommandAssembler assembler_;
  std::string out_;
  std::string tag_;
  std::string accountName_;
  std::string clientName_;  // lower case
  std::shared_ptr<ph::Account> account_;
  std::unique_ptr<Selected> selected_;
  std::unique_ptr<Notifier> notifier_;
  std::unique_ptr<MetadataNews> metadataNews_;  // behind the account, as the notifier: it watches that
  std::unique_ptr<Task> task_;
  Then then_;
  std::optional<Ending> ending_;  // of the command, when changes are still being told
  unsigned badCommands_ = 0;      // in a row
  unsigned loginFailures_ = 0;
  Expunges expunges_ = Expunges::Allowed;
  bool uid_ = false;
  bool rev2_ = false;
  bool utf8Accept_ = false;
  bool condstore_ = false;
  bool qresync_ = false;
  bool uidOnly_ = false;
  bool compressed_ = false;
  bool expunged_ = false;  // by the command that ends
  bool spoken_ = false;    // there was a command
  bool paused_ = false;
  bool stopping_ = false;
  bool ended_ = false;  // the peer sends no more
  bool lost_ = false;   // the peer is gone
  bool rearm_ = false;  // something was done: the client gets its full time again
};

}  // namespace ph_imap
