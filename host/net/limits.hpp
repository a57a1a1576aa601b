// How much one network or one account may ask of the server: connections per minute, open connections, failed logins.
//
// Guarantees: who is refused is not counted, so one client's excess costs its neighbours nothing; failed logins count
// for the networks they come from only, so nobody can lock another one's account; memory is bounded. Exempt networks
// meet no limit. New settings apply at once and forget no count.
// Threads: all from any thread; a share belongs to one connection.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/window_counts.hpp"

namespace posthouse::net {

class Limits {
 public:
  using Time = WindowCounts::Time;
  // Of the three networks around an address, narrowest first: IPv4 /32, /26, /21; IPv6 /64, /48, /32. 0: no limit.
  using PerClass = std::array<uint32_t, 3>;
  static constexpr size_t kMaxEntries = 100'000;  // of each table: some 6 MB

  struct Connections {
    PerClass perMinute{300, 900, 2700};
    PerClass open{30, 90, 270};
  };
  struct Settings {
    bool enabled = true;
    Connections connections;                       // of each listener that is not named below
    std::map<std::string, Connections> listeners;  // by name
    PerClass loginFailuresPerMinute{10, 30, 90};
    PerClass loginFailuresPerDay{50, 150, 450};
    uint32_t accountConnections = 100;  // open ones, over all protocols; 0: no limit
    std::vector<Network> exempt;
  };

  explicit Limits(size_t maxEntries = kMaxEntries)
      : failuresMinute_(std::chrono::minutes(1), maxEntries),
        failuresDay_(std::chrono::hours(24), maxEntries),
        maxEntries_(maxEntries) {}
  void set(Settings settings);

  // What is counted now.
  struct Count {
    std::string rule;      // as in [limits]
    std::string listener;  // empty: all
    Network network;
    uint32_t count = 0;
  };
  std::vector<Count> counts(Time now = std::chrono::steady_clock::now());
  // Forgets connections per minute and failed logins of the networks around an address.
  void forget(const Address& address);

  // For logins on connections that serve many: the rule that is reached, or empty. loginFailed() counts one.
  std::string loginRefused(const Address& remote, Time now = std::chrono::steady_clock::now());
  std::string loginFailed(const Address& remote, Time now = std::chrono::steady_clock::now());

  // What one connection uses up; its destructor gives it back.
  class Share;

 private:
  using Classes = std::array<Network, 3>;
  using Open = std::unordered_map<Network, uint32_t, NetworkHash>;
  struct OfListener {
    explicit OfListener(size_t maxEntries) : perMinute(std::chrono::minutes(1), maxEntries) {}
    WindowCounts perMinute;
    Open open;
  };

  bool exempt(const Address& address) const;
  std::string loginRule(const Classes& classes, Time now);
  std::string addFailure(const Classes& classes, Time now);

  mutable std::mutex mutex_;
  Settings settings_;
  std::map<std::string, OfListener, std::less<>> listeners_;
  WindowCounts failuresMinute_;
  WindowCounts failuresDay_;
  std::unordered_map<std::string, uint32_t> accounts_;
  const size_t maxEntries_;
};

class Limits::Share {
 public:
  Share() = default;  // without limits
  explicit Share(std::shared_ptr<Limits> limits) : limits_(std::move(limits)) {}
  Share(Share&& other) noexcept;
  Share& operator=(Share&&) = delete;
  ~Share();

  // Each answers the rule that is reached, as "connections.ip64"; empty: go on.
  // Once: a connection from `remote` begins.
  std::string admit(const std::string& listener, const Address& remote, Time now = Clock::now());
  // A login failed. Counted; what is reached ends this connection.
  std::string loginFailed(Time now = Clock::now());
  // It belongs to `account` from now on.
  std::string logIn(std::string_view account);

 private:
  using Clock = std::chrono::steady_clock;
  std::shared_ptr<Limits> limits_;
  OfListener* listener_ = nullptr;  // not null: counted as open there
  bool exempt_ = true;
  Classes classes_;
  std::string account_;
};

}  // namespace posthouse::net
