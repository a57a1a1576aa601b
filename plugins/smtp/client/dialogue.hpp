// One connection to one server: greeting, TLS, login, then message after message.
//
// Guarantees: never blocks; every wait has a deadline; output is bounded. A reply counts for the command it answers and
// for nothing else: a server that speaks out of turn is left. Delivered means that the server said so after it had the
// whole message. Threads: as ph::Connection; reading and password hashes run on pools meanwhile.
// RFC 5321 3, 4.5.3.2, RFC 2920, RFC 3207, RFC 4954, RFC 2033.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/sending.hpp"
#include "ph/connect.hpp"
#include "ph/sasl/client.hpp"
#include "ph/smtp/dot_stuffer.hpp"
#include "ph/smtp/extensions.hpp"
#include "ph/smtp/reply_reader.hpp"

namespace ph_smtp::client {

class Dialogue final : public ph::Connection {
 public:
  using Reply = ph::smtp::ReceivedReply;
  using Next = ph::Next;

  Dialogue(const ph::Host& host, std::shared_ptr<Sending> sending)
      : Connection(host), sending_(std::move(sending)), tls_(sending_->server().tls) {}

 private:
  // What a reply is for: who takes it, and how long it may take.
  using Taker = Next (Dialogue::*)(const Reply& reply, size_t recipient);
  struct Awaited {
    Taker taker;
    uint32_t ms;
    const char* what;  // for people: "MAIL"
    size_t recipient = 0;
  };
  using Step = Next (Dialogue::*)();

  // dialogue.cpp: replies, waits, ends
  void opened() override;
  Next run(uint32_t why) override;
  void closed(ph::Status status) override;
  Next step(uint32_t why);
  Next readReplies();
  Next outOfTurn();
  Next gone(Outcome why);
  void await(Awaited awaited);
  Next say(std::string line, Awaited awaited);
  void setDeadline();
  Next work(ph::Pool pool, std::function<void()> job, Step then);
  Next tryWork();
  Next leave(Ending ending);  // after QUIT
  Next onQuit(const Reply& reply, size_t);
  Next fail(Ending ending);         // QUIT when the server still listens
  Next lost(std::string_view why);  // the connection is of no use any more
  Next serverLeaves(const Reply& reply);
  Outcome outcome(const Reply& reply) const;
  Outcome here(Outcome o) const;
  void noteTls();

  // greeting.cpp: until the first message
  Next onGreeting(const Reply& reply, size_t);
  Next sayHello();
  Next onEhlo(const Reply& reply, size_t);
  Next onHelo(const Reply& reply, size_t);
  Next greeted();
  Next onStartTls(const Reply& reply, size_t);
  Next tlsFailed();
  std::string ownName() const;

  // login.cpp
  Next logIn();
  Next onAuth(const Reply& reply, size_t);
  Next onChallenge();
  Next loginFailed(Outcome why);
  Next abandonLogin(std::string_view enhanced, std::string text);
  Next onAbandoned(const Reply& reply, size_t);

  // transaction.cpp: the envelope
  Next beginMail();
  std::optional<Outcome> unfit() const;
  bool suits(const Mail& mail) const;
  bool mayBegin() const;
  Next beginTransaction();
  Next sendMore();
  Next onReset(const Reply& reply, size_t);
  Next onMail(const Reply& reply, size_t);
  Next onRcpt(const Reply& reply, size_t recipient);
  Next envelopeAnswered();
  Next transactionOver();
  Next fetch();
  Next fetched();
  void failActive(const Outcome& why);

  // parameters.cpp
  std::string mailCommand() const;
  std::string rcptCommand(const Recipient& r) const;
  int64_t secondsLeft() const;

  // content.cpp
  bool chunked() const { return sending_->mail().binary(); }
  Next sayData();
  Next onData(const Reply& reply, size_t);
  Next onNothingSent(const Reply& reply, size_t);
  Next readContent();
  Next contentRead();
  Next finishContent(std::string out);
  Next earlyAnswer();
  Next abandonContent(Outcome why, bool tryNext);
  Next onAnswer(const Reply& reply, size_t recipient);

  std::shared_ptr<Sending> sending_;
  TlsPlan tls_;
  ph::smtp::ReplyReader reader_;
  std::deque<Awaited> awaited_;
  std::optional<Ending> ending_;  // known: only QUIT is still to come
  bool eof_ = false;

  // Work on a pool, and what follows it.
  std::function<void()> job_;
  Step then_ = nullptr;
  ph::Pool pool_ = ph::Pool::Disk;
  bool waiting_ = false;  // for a pool with room

  // The server.
  std::string ip_, tlsText_;
  bool verified_ = false, tlsActive_ = false;
  ph::smtp::Extensions offers_;
  size_t mails_ = 0, transactions_ = 0;

  // Logging in.
  std::unique_ptr<ph::sasl::ClientMechanism> login_;
  bool firstSent_ = false;  // the initial response
  std::string challenge_;
  std::optional<ph::Result<std::string>> response_;
  Outcome loginTrouble_;

  // The transaction; recipients by their number in the mail.
  uint64_t mailEnds_ = 0;                  // monotonic: when the message must be through
  bool inMail_ = false, fetched_ = false;  // a mail waits for results; there was another one
  std::vector<size_t> active_, later_;     // in this transaction; those the server wants in another one
  std::vector<size_t> accepted_;           // of active_, without a result yet
  size_t nextRcpt_ = 0;                    // of active_
  bool mailSaid_ = false, mailTaken_ = false, mailRefused_ = false, dataSaid_ = false, needsReset_ = false;
  bool bodySent_ = false;  // and not yet answered
  uint64_t offset_ = 0;
  std::string buffer_;
  int64_t got_ = 0;
  ph::smtp::DotStuffer stuffer_;
};

}  // namespace ph_smtp::client
