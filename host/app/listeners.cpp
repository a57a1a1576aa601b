#include "app/listeners.hpp"

#include <algorithm>
#include <thread>

#include "app/limit_settings.hpp"
#include "log/log.hpp"
#include "net/session.hpp"
#include "ph/draft/host/tls.h"

namespace posthouse::app {
namespace {

const log::Log kLog("server");

int tlsMode(const std::string& tls) {
  return tls == "implicit" ? PH_TLS_IMPLICIT : tls == "starttls" ? PH_TLS_STARTTLS : PH_TLS_NONE;
}

bool same(const config::ListenerConfig& a, const config::ListenerConfig& b) {
  return a.name == b.name && a.protocol == b.protocol && a.tls == b.tls && a.plaintextLogin == b.plaintextLogin &&
         a.clientCertificates == b.clientCertificates && a.maxConnections == b.maxConnections &&
         a.proxyProtocol == b.proxyProtocol && a.trustedProxies == b.trustedProxies && a.forwarded == b.forwarded;
}

}  // namespace

// The same listener, or one of another name on the same port.
std::vector<Listeners::Open>::const_iterator Listeners::find(const std::vector<Open>& list, const std::string& name,
                                                             const Spot& spot) const {
  auto i = std::find_if(list.begin(), list.end(),
                        [&](const Open& o) { return o.config.name == name && o.text == spot.text; });
  if (i == list.end() && spot.address.port() != 0) {
    i = std::find_if(list.begin(), list.end(), [&](const Open& o) { return o.text == spot.text; });
  }
  return i;
}

ph::Result<Listeners::Plan> Listeners::plan(const config::ServerConfig& config,
                                            const std::function<bool(const std::string&)>& willSpeak) const {
  Plan plan;
  std::vector<Open> open = open_;
  std::erase_if(open, [](const Open& o) { return o.listener->closed(); });
  for (const auto& l : config.listeners) {
    if (l.tls != "none" && config.certificates.empty()) {
      return ph::Error{ph::Kind::Invalid,
                       l.at.text() + ": listener '" + l.name + "' needs TLS, but there is no [[certificates]] entry"};
    }
    if (l.tls == "starttls" && own_.count(l.protocol) != 0) {
      return ph::Error{ph::Kind::Invalid, l.at.text() + ": listener '" + l.name + "': " + l.protocol +
                                              " has no STARTTLS, say tls = \"none\" or \"implicit\""};
    }
    if (auto proxies = networks(l.trustedProxies, "trusted_proxies", l.at); !proxies) return proxies.error();
    Item item{l, {}};
    for (const auto& text : l.addresses) {
      const auto address = net::Address::parse(text);
      if (!address) return ph::Error{ph::Kind::Invalid, l.at.text() + ": '" + text + "' is not IP:PORT"};
      Spot spot{text, *address, {}};
      if (const auto o = find(open, l.name, spot); o != open.end()) {
        open.erase(o);
      } else if (own_.count(l.protocol) != 0 || willSpeak(l.protocol)) {
        auto socket = bind_(l.name, text);
        if (!socket) return ph::Error{socket.error().kind, "listener " + l.name + ": " + socket.error().text};
        spot.socket = std::move(*socket);
      }
      item.spots.push_back(std::move(spot));
    }
    plan.push_back(std::move(item));
  }
  return plan;
}

ph::Result<Listeners::Open> Listeners::open(const config::ListenerConfig& l, Spot spot, plugin::Instance* speaker,
                                            const Open* before) {
  if (spot.socket.fd() < 0) {
    auto socket = before ? before->listener->socket().duplicate() : bind_(l.name, spot.text);
    if (!socket) return socket.error();
    spot.socket = std::move(*socket);
  }
  auto proxies = networks(l.trustedProxies, "trusted_proxies", l.at);
  if (!proxies) return proxies.error();
  net::ListenerOptions options{l.name,
                               l.protocol,
                               tlsMode(l.tls),
                               l.plaintextLogin,
                               l.clientCertificates,
                               static_cast<size_t>(l.maxConnections),
                               publicIds_,
                               limits_,
                               roster_,
                               l.proxyProtocol,
                               std::move(*proxies),
                               l.forwarded,
                               speaker ? speaker->manifest().id : std::string()};
  if (before) before->listener->retire();
  auto listener = net::Listener::open(engine_, certificates_, std::move(spot.socket), std::move(options),
                                      speaker ? *speaker->protocol(l.protocol) : own_.at(l.protocol));
  if (!listener) return listener.error();
  if (speaker) {
    speaker->addListener(*listener);
  } else {
    std::erase_if(ownListeners_, [](const auto& o) { return o->closed() && o->connections() == 0; });
    ownListeners_.push_back(*listener);
  }
  return Open{l, spot.text, *listener, speaker};
}

std::vector<Listening> Listeners::apply(Plan plan, const plugin::PluginHost& plugins) {
  std::vector<Listening> out;
  std::vector<Open> next;
  std::erase_if(open_, [](const Open& o) { return o.listener->closed(); });
  for (auto& item : plan) {
    const auto& l = item.config;
    Listening told{l.name, l.protocol, l.tls, {}, {}};
    const bool own = own_.count(l.protocol) != 0;
    plugin::Instance* speaker = own ? nullptr : plugins.speaker(l.protocol);
    if (!own && !speaker) told.problem = "no running plugin speaks " + l.protocol;
    for (auto& spot : item.spots) {
      if (!own && !speaker) break;
      std::unique_ptr<Open> before;
      if (const auto i = find(open_, l.name, spot); i != open_.end()) {
        before = std::make_unique<Open>(*i);
        open_.erase(i);
      }
      if (before && before->speaker == speaker && same(before->config, l)) {
        next.push_back(std::move(*before));
      } else if (auto opened = open(l, std::move(spot), speaker, before.get()); opened) {
        next.push_back(std::move(*opened));
      } else {
        told.problem = opened.error().text;
        continue;
      }
      told.addresses.push_back(next.back().listener->address().text());
    }
    if (!told.problem.empty()) kLog.warn("not listening", {{"listener", l.name}, {"reason", told.problem}});
    out.push_back(std::move(told));
  }
  for (const auto& o : open_) {
    kLog.info("no longer listening", {{"listener", o.config.name}, {"address", o.text}});
    o.listener->close();
  }
  open_ = std::move(next);
  return out;
}

void Listeners::close(std::chrono::milliseconds patience) {
  const auto wait = [&](std::chrono::milliseconds most) {
    const auto end = std::chrono::steady_clock::now() + most;
    const auto busy = [](const auto& l) { return l->connections() > 0; };
    while (std::any_of(ownListeners_.begin(), ownListeners_.end(), busy)) {
      if (std::chrono::steady_clock::now() >= end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  };
  for (const auto& l : ownListeners_) l->close();
  for (const auto& l : ownListeners_) l->tell(PH_WHY_SHUTDOWN);
  if (wait(patience)) return;
  for (const auto& l : ownListeners_) l->tell(net::kWhyForce);
  (void)wait(patience);
}

}  // namespace posthouse::app
