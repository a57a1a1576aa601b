// A host small enough to hold in the hand: one plugin, its sessions, a clock that stands still, jobs that run when
// told. Threads: one. Jobs run in order, never inside the call that gave them away.
#pragma once

#include <ph/entry.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ph/host.hpp"
#include "testkit/attempts.hpp"
#include "testkit/cli.hpp"
#include "testkit/connections.hpp"
#include "testkit/databases.hpp"
#include "testkit/dns.hpp"
#include "testkit/events.hpp"
#include "testkit/fake_message.hpp"
#include "testkit/http.hpp"
#include "testkit/mx_policies.hpp"
#include "testkit/pipeline.hpp"
#include "testkit/queue.hpp"
#include "testkit/secrets.hpp"
#include "testkit/signers.hpp"
#include "testkit/store.hpp"

namespace ph::testkit {
class Client;
}

struct ph_session {
  ph::testkit::Client* client;
};

namespace ph::testkit {

class FakeHost {
 public:
  FakeHost();
  ~FakeHost();
  FakeHost(const FakeHost&) = delete;

  // Loads the plugin, configures and starts it; false with `problem` set.
  bool start(const std::string& file);
  // As the host does: a check, then the application of what passed it.
  bool reconfigure();
  // drain, stop and destroy; sessions must be closed. start() may follow.
  void stop();
  bool runOneJob();
  void runJobs();
  // Moves the clock and puts the timers that are due among the jobs.
  void advance(uint32_t ms);
  // Runs the sessions that were woken, until none is.
  void deliverWakes();

  static FakeHost& of(const ph_host* host) { return *static_cast<FakeHost*>(host->ctx); }

  ph_host raw{};
  std::string problem;
  std::map<std::string, ph_protocol> protocols;

  // The world, as a test wants it.
  uint64_t nowMs = 1'000'000;
  std::map<std::string, uint64_t> sizes;                  // configuration
  std::map<std::string, bool> switches;                   // configuration
  std::map<std::string, int64_t> numbers;                 // configuration: integers, durations in ms
  std::map<std::string, std::string> strings;             // configuration
  std::map<std::string, std::vector<std::string>> lists;  // configuration
  std::map<std::string, std::string> accounts;            // address -> account
  std::set<std::string> domains;                          // ours
  std::set<std::string> disabledDomains;
  std::map<std::string, std::pair<int, std::string>> refusedAddresses;  // address -> code and text
  std::set<std::string> aliases;
  std::map<std::string, std::string> passwords;  // account or address -> password
  std::string loginText;                         // told on a refused login
  bool loginTemporary = false;
  std::string certificateAccount;  // whose TLS client certificate every client has
  uint64_t disk = UINT64_MAX;      // bytes a message may still write
  bool noMessages = false;
  std::set<std::string> withheld;  // interfaces that are not offered
  bool poolFull = false;
  Attempts attempts;
  Cli cli;
  Connections connections;
  Databases databases;
  Dns dns;
  Events events;
  Http http;
  MxPolicies mxPolicies;
  Pipeline pipeline;
  Queue queue;
  Secrets secrets;
  Signers signers;
  Store store;

  // What the plugin did.
  std::vector<std::string> violations;  // of the contract
  std::vector<std::string> log;
  int messages = 0;  // handles not released
  std::deque<std::pair<void (*)(void*), void*>> jobs;
  struct Timer {
    uint64_t dueMs;
    uint32_t periodMs;  // 0: once
    void (*fn)(void*);
    void* ctx;
  };
  std::map<uint64_t, Timer> timers;
  std::map<uint64_t, Client*> clients;  // by connection id
  std::set<uint64_t> woken;

 private:
  friend ph_status schedule(const ph_host* host, uint32_t delayMs, uint32_t periodMs, void (*fn)(void*), void* ctx,
                            uint64_t* id);

  std::map<std::string, const void*> interfaces_;
  uint64_t nextTimer_ = 1;
  const ph_plugin* plugin_ = nullptr;
  bool started_ = false;
};

// One connection to the plugin.
class Client {
 public:
  Client(FakeHost& host, const std::string& protocol, int tlsMode, bool plaintextLogin = false,
         const char* remoteIp = "192.0.2.9", const char* publicId = "");
  // A connection that the plugin made, see connections.hpp.
  Client(FakeHost& host, const ph_protocol& protocol, std::optional<TlsAsked> implicitTls, const std::string& remoteIp);
  ~Client();
  Client(const Client&) = delete;

  void send(std::string_view bytes);
  std::string take() { return std::exchange(output, {}); }
  void handshake();  // after a STARTTLS reply
  void failHandshake(const std::string& why);
  void reset();               // the connection breaks
  void advance(uint32_t ms);  // the clock, and the session's deadline with it
  void shutdown();
  void wake();
  void finish();  // the client sends no more
  void unstall();

  FakeHost& host;
  std::string input;
  std::string output;
  std::string account;
  size_t held = 0;  // what the session says it keeps
  bool memoryShort = false;
  size_t unsent = 0;  // output the client has not taken, when stalled
  bool stalled = false;
  bool open = true;
  bool wantsTls = false;
  bool tlsActive = false;
  bool tlsBroken = false;
  bool compressed = false;           // asked for; the octets stay plain
  std::optional<TlsAsked> tlsAsked;  // of a connection that the plugin made
  std::string tlsFailure;
  std::map<std::string, std::string> bindings;  // channel bindings, by kind
  bool doneFlag = false;
  int loginFailures = 0;
  int maxLoginFailures = 100;
  int runs = 0;
  uint64_t deadlineAt = 0;  // 0: none
  bool sleeping() const { return next_ == PH_NEXT_SLEEP; }
  ph_session_info info{};

 private:
  void begin(int tlsMode);
  void pump();
  void end();

  ph_protocol protocol_{};
  std::string remoteIp_;
  ph_session handle_{};
  void* self_ = nullptr;
  uint32_t why_ = 0;
  bool eof_ = false;
  ph_next next_ = PH_NEXT_READ;
};

}  // namespace ph::testkit
