// One SMTP connection: lines in, replies out, and the points where it waits for the host.
//
// Guarantees: commands run strictly in order; replies to pipelined commands leave together (RFC 2920 3.2); every wait
// has a deadline; the message never lies in the session. What a transaction needs is freed when it ends.
// Threads: run() of ph::Session; functions given to offload() run on a pool while the session is parked.
// RFC 5321 3, 4.5.3, RFC 2033, RFC 2920, RFC 3030, RFC 3207, RFC 4954, RFC 6409.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "chunk.hpp"
#include "envelope.hpp"
#include "login_attempt.hpp"
#include "ph/dns.hpp"
#include "ph/session.hpp"
#include "ph/smtp/reply.hpp"
#include "ph/transaction.hpp"
#include "settings.hpp"

namespace ph_smtp {

enum class Service {
  Receive,     // mail for our addresses, from anybody; nothing is relayed
  Submission,  // mail of our users to anybody; AUTH needed
  Lmtp,        // mail for our addresses, from a mail server of ours; each recipient is answered on its own (RFC 2033)
};

class Session;
// How a command goes on after a wait. Gets the session back, answers like a command.
using Resume = ph::Next (*)(Session&);

class Session final : public ph::Session {
 public:
  Session(const ph::Host& host, ph_session* raw, const ph_session_info* info, Service service,
          const SettingsBox& settings);

  ph::Next run(uint32_t why) override;

  // --- for commands: Next::Read means "this command is answered" ---------------------------------------------------

  ph::Next reply(int code, std::string_view enhanced, std::string_view text);
  ph::Next reply(const ph::smtp::Reply& reply);
  // A reply that counts as the client's mistake; too many end the session.
  ph::Next mistake(int code, std::string_view enhanced, std::string_view text);
  // A reply after which the connection is closed.
  ph::Next close(int code, std::string_view enhanced, std::string_view text);

  // Runs one stage of the transaction, then `then`; the result is in verdict().
  ph::Next runStage(int32_t stage, Resume then);
  // Makes sure there is a transaction which has been through the stages of connection, greeting and login, then
  // `then`. verdict() is the first refusal, or CONTINUE.
  ph::Next prepare(Resume then);
  // Runs `work` on a pool, then `then`. verdict() is TEMPFAIL unless `work` sets it; also when `work` could not run.
  ph::Next work(ph::Pool pool, std::function<void()> work, Resume then);
  // Does nothing for `ms`, whatever the client sends, then `then`.
  ph::Next pause(uint32_t ms, Resume then);
  // Asks the domain name system, then `then`; the answer is in dnsAnswer().
  ph::Next lookUp(std::string_view name, ph::DnsType type, Resume then);
  const ph::DnsAnswer& dnsAnswer() const { return dnsAnswer_; }
  // Whether names this client claims are to be checked: a stranger, and there is somebody to ask.
  bool checksDomains() const;

  // From now on the client waits a second for each command, and replies come octet by octet: for clients that guess
  // passwords or addresses. No effect when the admin has switched it off.
  void slowDown();

  ph_verdict& verdict() { return verdict_; }
  ph::Transaction& txn() { return txn_; }
  // A stage may want this mail accepted and dropped.
  void noteDiscard() { discard_ = discard_ || verdict_.verdict == PH_VERDICT_DISCARD; }
  bool discards() const { return discard_; }

  // Takes the greeting: a new dialogue begins (RFC 5321 4.1.4).
  void greet(std::string name, bool extended);
  bool greeted() const { return !helo_.empty(); }
  void forgetGreeting() { helo_.clear(); }
  bool extended() const { return extended_; }
  const std::string& clientName() const { return helo_; }
  void beginTransaction(std::unique_ptr<Envelope> envelope);
  // Tells the host's transaction what the session has learnt meanwhile.
  void updateInfo();
  // Ends the transaction, whatever its state.
  void resetTransaction();
  Envelope* envelope() { return envelope_.get(); }
  const Envelope* envelope() const { return envelope_.get(); }
  // A message was accepted: this client is not one that only fails.
  void noteSuccess();
  // Many transactions, and not one of them succeeded.
  bool onlyFails() const;

  ph::Result<ph::Login> startLogin(std::string_view mechanism) const {
    return ph::Login::begin(host(), raw(), mechanism);
  }
  void beginLogin(std::unique_ptr<LoginAttempt> attempt) { login_ = std::move(attempt); }
  LoginAttempt* login() { return login_.get(); }
  void endLogin() { login_.reset(); }
  void loggedIn(std::string account) { account_ = std::move(account); }
  const std::string& account() const { return account_; }
  unsigned countLoginFailure() { return ++loginFailures_; }

  void beginData() { receiving_ = true; }
  void beginChunk(Chunk chunk) {
    receiving_ = true;
    chunk_ = std::move(chunk);
  }
  Chunk* chunk() { return chunk_ ? &*chunk_ : nullptr; }
  void endData() {
    receiving_ = false;
    chunk_.reset();
  }

  Service service() const { return service_; }
  const Settings& settings() const { return *settings_; }
  bool authAllowed() const { return service_ == Service::Submission && !mechanisms().empty(); }
  const std::string& hostname() const { return hostname_; }
  // One line about a message, with the ids that make it findable. Never contents.
  void logMessage(std::string_view what, std::string_view reason);

  using ph::Session::consume;
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
  // Why it sleeps: a pause a command asked for, a reply that leaves slowly, or the time before the next input.
  enum class Asleep { No, Pause, Drip, Rest };

  ph::Next open();
  ph::Next timedOut();
  ph::Next wokenByShutdown();
  ph::Next sleep(Asleep why, uint32_t ms);
  ph::Next drip(ph::Next next);
  ph::Next dripOn();
  void send(const std::string& wire);
  void sendRest();
  ph::Next resume();
  std::optional<ph::Next> takeLine();  // nothing: the line is not complete
  ph::Next badLine(std::string_view reason, bool fatal);
  ph::Next nextStage();
  bool canGoOn(ph::Next next) const;
  void setDeadline(ph::Next next);
  ph_txn_info txnInfo(std::string& protocol) const;

  static ph::Next opened(Session& s);
  static ph::Next stageEnded(Session& s);

  const SettingsBox& settingsBox_;
  std::shared_ptr<const Settings> settings_;
  Service service_;
  std::string hostname_;
  std::string helo_;
  std::string account_;
  ph::Transaction txn_;
  std::unique_ptr<Envelope> envelope_;
  std::optional<Chunk> chunk_;
  ph::Dns dns_;
  ph::DnsAnswer dnsAnswer_;
  std::unique_ptr<LoginAttempt> login_;
  ph_verdict verdict_;
  Resume resume_ = nullptr;
  Resume afterStages_ = nullptr;
  std::string slowOut_;  // of a reply that leaves octet by octet
  unsigned dripped_ = 0;
  ph::Next afterDrip_ = ph::Next::Read;
  Asleep asleep_ = Asleep::No;
  unsigned errors_ = 0;
  unsigned failed_ = 0;  // transactions
  unsigned succeeded_ = 0;
  unsigned loginFailures_ = 0;
  uint32_t stagesRun_ = 0;  // bits of PH_STAGE_*
  bool extended_ = false;   // greeted with EHLO
  bool receiving_ = false;
  bool slow_ = false;
  bool rested_ = false;  // slow, and the second before this command is over
  bool stopping_ = false;
  bool discard_ = false;
  bool spoken_ = false;  // one line was a known command
  bool rearm_ = false;   // a step was made: the client gets its full time again
};

}  // namespace ph_smtp
