// One attempt at one destination: which servers, which addresses, which TLS, one try after the other, and what is told
// to the host in the end.
//
// Guarantees: exactly one step is under way at any time; end() is called exactly once. A recipient gets at most one
// result. No other server is tried after one took or refused a recipient for good, or may have taken the message.
// Threads: cancel() from any; all else by one thread at a time, whichever brings the next step (a DNS answer, a
// policy's, the connection's). RFC 5321 5.1, docs/design/sending.md.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/exchangers.hpp"
#include "client/mail.hpp"
#include "client/tls_plan.hpp"
#include "ph/mx_policy.hpp"

namespace ph_smtp::client {

// What attempts need of the host.
struct Means {
  explicit Means(const ph::Host& h)
      : host(h), connect(h.get<ph_connect>(PH_IF_CONNECT)), dns(h), policies(h), hostname(h.hostname()) {}
  const ph::Host& host;
  const ph_connect* const connect;
  const ph::Dns dns;
  const ph::MxPolicies policies;
  const std::string hostname;
};

// One server, as it is going to be tried.
struct Server {
  std::string name;
  std::vector<std::string> addresses;  // in this order
  bool dualStack = false;
  TlsPlan tls;
};

class Sending : public std::enable_shared_from_this<Sending> {
 public:
  // `over` is called when nothing more will be done for the attempt, before its end().
  Sending(const Means& means, ph::Attempt attempt, std::function<void(ph_attempt*)> over);
  ~Sending();

  void start();  // reads from disk
  void cancel();

  // --- for the dialogue with a server ---
  const ph_destination& destination() const { return to_; }
  bool direct() const { return to_.route == PH_ROUTE_DIRECT; }
  bool lmtp() const { return to_.lmtp != 0; }
  std::string_view helo() const { return helo_; }
  const Server& server() const { return server_; }
  Mail& mail() { return *mail_; }
  bool cancelled() const { return cancelled_; }
  // The connection that cancel() is to wake; 0: none.
  void connected(uint64_t id, std::string_view ip);
  void note(std::string_view text) const { attempt_.note(text); }
  // Names the server in an outcome, and softens what another address of ours may not meet.
  Outcome at(Outcome o, std::string_view ip, std::string_view tls) const;
  // All recipients of the mail have results or can't get any here: are they final? If so they are told to the host,
  // else another server is to be tried.
  bool settle();
  bool fetch();  // the next mail; reads from disk
  // The connection is gone. The last call for this server.
  void over(Ending ending);

 private:
  void route();
  void lookUpExchangers(const std::string& domain);
  void nextServer();
  void locateServer(const std::string& name);
  void located(const Located& found);
  void judge(const Located& found);
  void judged(const ph::MxAnswer& policy);
  void connect();
  void failed(Ending ending);
  void giveUp(const Outcome& why, bool wide);
  void report(const Outcome& why);
  void end();
  bool moreServers() const { return next_ < hosts_.size(); }
  ph_connect_to connectTo(std::vector<ph_str>& addresses) const;

  const Means& means_;
  const ph::Attempt attempt_;
  std::function<void(ph_attempt*)> over_;
  ph_destination to_{};
  std::string helo_;
  Hint hint_{{}};
  std::optional<Mail> mail_;
  size_t mails_ = 0;  // given to us so far
  Exchangers exchangers_;
  std::vector<std::string> hosts_;
  size_t next_ = 0;  // of hosts_
  Server server_;
  std::string canonical_;
  std::string connectedTo_;
  ph_mx_question question_{};
  std::optional<Ending> worst_;  // of the servers tried: what is told when none is left
  std::atomic<bool> cancelled_{false};
  std::atomic<uint64_t> connection_{0};
};

}  // namespace ph_smtp::client
