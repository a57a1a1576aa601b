#include "app/process_one/grants.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "app/process_one/trusted_file.hpp"

namespace posthouse::app {
namespace {

// A socket that was shut down a moment ago may keep its address for as long as the kernel needs.
constexpr auto kPatience = std::chrono::milliseconds(500);

ph::Error notNamed(const std::string& what) {
  return {ph::Kind::Denied, what + " is not in the configuration"};
}

// A listener may change its name and keep its place, unless the kernel chooses the port.
std::string key(const std::string& listener, const std::string& text, const net::Address& address) {
  return address.port() != 0 ? text : listener + " " + text;
}

}  // namespace

ph::Result<config::ServerConfig> loadTrusted(const std::string& file, const Identity& worker) {
  if (worker.change) {
    if (const auto opened = openTrusted(file); !opened) return opened.error();
  }
  return config::loadMain(file);
}

ph::Status Grants::readConfiguration() {
  if (config_) return {};
  auto next = loadTrusted(file_, worker_);
  if (!next) return next.error();
  config_ = std::move(*next);
  return {};
}

void Grants::begin() {
  forgetConfiguration();
  for (auto& [_, h] : held_) h.asked = false;
}

void Grants::settle() {
  std::erase_if(held_, [](const auto& h) { return !h.second.asked || !h.second.socket.listening(); });
}

bool Grants::names(const std::string& listener, const std::string& address) const {
  if (listener.empty()) return !address.empty() && config_->metricsAddress == address;
  return std::any_of(config_->listeners.begin(), config_->listeners.end(), [&](const auto& l) {
    return l.name == listener && std::find(l.addresses.begin(), l.addresses.end(), address) != l.addresses.end();
  });
}

ph::Result<int> Grants::socket(const std::string& listener, const std::string& address) {
  if (auto s = readConfiguration(); !s) return s.error();
  const auto parsed = net::Address::parse(address);
  if (!parsed || !names(listener, address)) return notNamed("the address " + address);
  const std::string k = key(listener, address, *parsed);
  auto i = held_.find(k);
  if (i != held_.end() && !i->second.socket.listening()) {
    held_.erase(i);
    i = held_.end();
  }
  if (i == held_.end()) {
    auto bound = net::ListenSocket::bind(*parsed, kPatience);
    if (!bound) return bound.error();
    i = held_.emplace(k, Held{std::move(*bound), true}).first;
  }
  i->second.asked = true;
  return i->second.socket.fd();
}

ph::Result<Descriptor> Grants::file(const std::string& path) {
  if (auto s = readConfiguration(); !s) return s.error();
  const bool named = std::any_of(config_->certificates.begin(), config_->certificates.end(),
                                 [&](const auto& c) { return c.certificate == path || c.key == path; });
  if (!named) return notNamed("the file " + path);
  {
    const Acting acting(worker_);
    Descriptor own(acting.ok() ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1);
    if (own) return own;
    if (!worker_.change || (errno != EACCES && errno != EPERM)) {
      return ph::Error{ph::Kind::Temporary, path + ": " + std::strerror(errno)};
    }
  }
  return openTrusted(path);
}

}  // namespace posthouse::app
