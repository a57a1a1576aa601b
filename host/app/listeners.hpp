// The open listeners of the server, and how they follow the configuration while it runs.
// Guarantees: a plan binds what is new before anything changes; a listener whose address stays keeps its socket, so
// that nobody is refused meanwhile; connections of replaced and removed listeners go on. Threads: one at a time.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/listening.hpp"
#include "config/server.hpp"
#include "net/listener.hpp"
#include "plugin/host.hpp"

namespace posthouse::app {

class Listeners {
 public:
  struct Spot {
    std::string text;  // as configured
    net::Address address;
    net::ListenSocket socket;  // bound already, unless it is open or has to wait
  };
  struct Item {
    config::ListenerConfig config;
    std::vector<Spot> spots;
  };
  // The host's own protocols, by name. What they point to must outlive their connections: see close().
  using Own = std::map<std::string, ph_protocol>;
  using Plan = std::vector<Item>;
  // A socket that listens on an address of the named listener, as configured.
  using Bind = std::function<ph::Result<net::ListenSocket>(const std::string& listener, const std::string& address)>;

  Listeners(net::Engine& engine, net::Certificates& certificates, std::shared_ptr<const net::PublicIds> publicIds,
            std::shared_ptr<net::Limits> limits, std::shared_ptr<net::Roster> roster, Bind bind, Own own)
      : engine_(engine),
        certificates_(certificates),
        publicIds_(std::move(publicIds)),
        limits_(std::move(limits)),
        roster_(std::move(roster)),
        bind_(std::move(bind)),
        own_(std::move(own)) {}

  // Binds what `config` names and is not open yet, for the protocols that `willSpeak` knows.
  ph::Result<Plan> plan(const config::ServerConfig& config,
                        const std::function<bool(const std::string& protocol)>& willSpeak) const;
  // Opens, replaces and closes. What can't be opened after all is told in the answer.
  std::vector<Listening> apply(Plan plan, const plugin::PluginHost& plugins);
  // Ends the listeners and connections of the host's own protocols; those of plugins end with their plugins.
  void close(std::chrono::milliseconds patience);

 private:
  struct Open {
    config::ListenerConfig config;
    std::string text;
    std::shared_ptr<net::Listener> listener;
    plugin::Instance* speaker = nullptr;  // nullptr: the host
  };
  std::vector<Open>::const_iterator find(const std::vector<Open>& list, const std::string& name,
                                         const Spot& spot) const;
  ph::Result<Open> open(const config::ListenerConfig& config, Spot spot, plugin::Instance* speaker, const Open* before);

  net::Engine& engine_;
  net::Certificates& certificates_;
  std::shared_ptr<const net::PublicIds> publicIds_;
  std::shared_ptr<net::Limits> limits_;
  std::shared_ptr<net::Roster> roster_;
  const Bind bind_;
  const Own own_;
  std::vector<std::shared_ptr<net::Listener>> ownListeners_;  // also replaced ones with connections
  std::vector<Open> open_;
};

}  // namespace posthouse::app
