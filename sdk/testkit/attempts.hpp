// A ph.transport/1 for tests of transports: begins attempts, gives out messages, and keeps all that was said about
// them. What breaks the contract (a second result, anything after end) goes to FakeHost::violations. Threads: one.
#pragma once

#include <ph/draft/host/transport.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ph::testkit {

class FakeHost;

struct DeliveryRcpt {
  std::string forwardPath;
  uint32_t notify = 0;
  std::string orcpt;
};

struct Delivery {
  std::string reversePath = "alice@ours.example";
  std::vector<DeliveryRcpt> recipients;
  std::string contents = "Subject: x\r\n\r\nhello\r\n";
  uint32_t flags = 0;
  int32_t ret = PH_RET_DEFAULT;
  int32_t priority = 0;
  std::string envid;
  int64_t deliverBy = 0;
  int32_t byMode = 0;
};

// The texts of a ph_destination.
struct Destination {
  int32_t route = PH_ROUTE_DIRECT;
  std::string domain = "remote.example";
  std::string host;
  uint16_t port = 25;
  bool lmtp = false;
  int32_t tls = PH_ROUTE_TLS_OPPORTUNISTIC;
  uint32_t families = PH_ROUTE_IPV4 | PH_ROUTE_IPV6;
  std::string helo = "mx.ours.example", username, password, mechanisms, proxy, sourceIpv4, sourceIpv6, hint;
  uint16_t proxyPort = 0;
  uint32_t earlier = 0;
};

struct AttemptOutcome {
  std::string recipient;  // empty: of the attempt as a whole
  int32_t outcome = 0;
  int32_t code = 0;
  uint32_t flags = 0;
  std::string enhanced, text, host, ip, tls;

  static AttemptOutcome from(const ph_attempt_result& r, std::string recipient = {});
};

}  // namespace ph::testkit

struct ph_attempt {
  ph::testkit::FakeHost* host = nullptr;
  ph::testkit::Destination destination;
  std::deque<ph::testkit::Delivery> waiting;
  std::optional<ph::testkit::Delivery> current;
  ph_message* message = nullptr;  // of current
  std::vector<bool> answered;     // of current's recipients

  std::vector<ph::testkit::AttemptOutcome> results;
  std::vector<std::string> notes;
  std::optional<ph::testkit::AttemptOutcome> overall;
  std::string hint;
  bool ended = false;
};

namespace ph::testkit {

class Attempts {
 public:
  static constexpr const char* kId = "testkit.attempts";

  Attempts();
  const ph_transport* table() const { return &table_; }

  // The transport's name; it must have been offered. The attempt lives as long as the host.
  ph_attempt& begin(FakeHost& host, const std::string& transport, Destination destination,
                    std::vector<Delivery> deliveries);
  void cancel(const std::string& transport, ph_attempt& attempt);

  void clear() { attempts_.clear(); }  // all must be over

  std::map<std::string, ph_transport_offer> offers;

 private:
  ph_transport table_;
  std::deque<ph_attempt> attempts_;
};

}  // namespace ph::testkit
