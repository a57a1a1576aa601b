// A ph.connect/1 to servers that a test plays: it sees where the plugin wants to go, and is the other side.
// Threads: one.
#pragma once

#include <ph/draft/host/connect.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ph::testkit {

class Client;
class FakeHost;

// What a plugin said about the TLS of a connection.
struct TlsAsked {
  int32_t verify = 0;
  std::string serverName;
  std::vector<std::string> names, records;

  static TlsAsked from(const ph_tls_client& t);
};

// One connection that the plugin asked for. Until accept() or refuse() nobody has answered.
class Peer {
 public:
  Peer(FakeHost& host, const ph_connect_to& to, const ph_client& client);
  ~Peer();
  Peer(const Peer&) = delete;

  // Somebody answers at one of the addresses.
  Client& accept(size_t address = 0);
  void refuse(const std::string& text);

  std::vector<std::string> addresses;
  uint16_t port = 0;
  std::string proxy, sourceIpv4, sourceIpv6;
  std::optional<TlsAsked> tls;  // implicit

 private:
  FakeHost& host_;
  ph_client client_;
  bool over_ = false;
  std::unique_ptr<Client> connection_;
};

class Connections {
 public:
  static constexpr const char* kId = "testkit.connections";

  Connections();
  ~Connections();
  const ph_connect* table() const { return &table_; }

  // Those that wait for an answer, in the order they were asked for. A test takes what it answers.
  std::deque<std::unique_ptr<Peer>> waiting;
  ph_status answer = PH_OK;  // of open()

 private:
  ph_connect table_;
};

}  // namespace ph::testkit
