#include "app/server.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <optional>
#include <thread>

#include "accounts/accounts.hpp"
#include "accounts/second_factor.hpp"
#include "app/account_settings.hpp"
#include "app/administration.hpp"
#include "app/command.hpp"
#include "app/data_lock.hpp"
#include "app/dns_settings.hpp"
#include "app/home_page.hpp"
#include "app/limit_settings.hpp"
#include "app/listeners.hpp"
#include "app/metrics_endpoint.hpp"
#include "app/notifications.hpp"
#include "app/queue_settings.hpp"
#include "app/readings.hpp"
#include "base/memory_budget.hpp"
#include "base/version.hpp"
#include "commands/commands.hpp"
#include "commands/pages.hpp"
#include "config/restart.hpp"
#include "dns/resolver.hpp"
#include "env/env.hpp"
#include "events/event_log.hpp"
#include "http/server.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "log/log.hpp"
#include "mx/policies.hpp"
#include "net/certificates.hpp"
#include "net/engine.hpp"
#include "net/public_id.hpp"
#include "net/roster.hpp"
#include "net/session.hpp"
#include "ph/draft/host/accounts.h"
#include "pipeline/delivery.hpp"
#include "plugin/data.hpp"
#include "plugin/domain_records.hpp"
#include "plugin/host.hpp"
#include "plugin/services.hpp"
#include "queue/queue.hpp"
#include "signing/signers.hpp"
#include "store/store.hpp"
#include "trace/trace.hpp"
#include "web/web.hpp"

namespace posthouse::app {
namespace fs = std::filesystem;
namespace {

const log::Log kLog("server");
constexpr uint32_t kDrainMs = 5000;
constexpr auto kDrain = std::chrono::milliseconds(kDrainMs);
constexpr auto kMaintenance = std::chrono::seconds(30);
constexpr auto kFlushHistory = std::chrono::milliseconds(500);
constexpr auto kLockPatience = std::chrono::seconds(5);

ph::Status makeFolder(const std::string& path) {
  std::error_code ec;
  fs::create_directories(path, ec);
  if (ec) return ph::Error{ph::Kind::Temporary, path + ": " + ec.message()};
  ::chmod(path.c_str(), 0700);
  return {};
}

std::vector<net::CertificateFiles> certificateFiles(const config::ServerConfig& c) {
  std::vector<net::CertificateFiles> out;
  for (const auto& f : c.certificates) out.push_back({f.names, f.certificate, f.key});
  return out;
}

std::unique_ptr<store::Store> openStore(const config::ServerConfig& c) {
  store::Options options;
  options.reserveBytes = static_cast<uint64_t>(c.reserveBytes);
  options.movedFolder = c.dataDir + "/moved";
  options.search = true;
  options.sharesFile = c.dataDir + "/shares.db";
  options.openAccounts = c.limits.openAccounts;
  return std::make_unique<store::Store>(env::posix(), c.dataDir + "/accounts", options);
}

size_t cores() {
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

// Declared in the order of need: destruction goes backwards.
struct Server::Parts {
  // What others may look at while the main thread changes it.
  struct Published {
    std::shared_ptr<const config::ServerConfig> config;
    std::vector<Listening> listening;
  };

  std::optional<DataLock> lock;
  net::Engine engine{2, 64};
  jobs::Timers timers;
  jobs::Pool hookPool{"hook", 64, 10000};
  jobs::Pool diskPool{"disk", 32, 10000};
  jobs::Pool cryptoPool{"crypto", cores(), 256};
  jobs::Pool answerPool{"dns", 4, 10000};
  net::Certificates certificates;
  std::shared_ptr<const net::PublicIds> publicIds;
  std::shared_ptr<net::Limits> limits = std::make_shared<net::Limits>();
  std::shared_ptr<net::Roster> roster = std::make_shared<net::Roster>();
  http::Server http{engine, hookPool, timers};
  HomePage homePage;
  commands::Commands commands{hookPool, timers, commandWords()};
  commands::Pages pages;
  plugin::Services services;
  pipeline::Hooks hooks;
  mx::Policies mxPolicies{hookPool, timers};
  signing::Signers signers{hookPool, timers};
  plugin::DomainRecords domainRecords;
  std::shared_ptr<trace::Trace> trace;  // none: histories are not kept
  db::Vfs vfs{env::posix()};
  std::unique_ptr<accounts::Accounts> accounts;
  std::unique_ptr<accounts::SecondFactor> secondFactor;
  std::unique_ptr<web::Sessions> sessions;
  std::unique_ptr<web::Web> web;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<events::EventLog> events;
  std::unique_ptr<pipeline::Delivery> delivery;
  std::unique_ptr<queue::Queue> queue;
  std::unique_ptr<dns::Resolver> dns;
  std::unique_ptr<plugin::PluginData> data;
  std::atomic<bool> maintaining{false};
  plugin::Core core;
  std::unique_ptr<plugin::PluginHost> plugins;
  std::unique_ptr<Administration> administration;
  std::unique_ptr<Listeners> listeners;
  std::shared_ptr<const Published> published;  // with std::atomic_load and atomic_store only
  std::optional<Readings> readings;
  std::optional<MetricsEndpoint> metrics;
};

Server::Server(config::ServerConfig config, const ProcessOne& processOne)
    : config_(std::move(config)), processOne_(processOne) {}
Server::~Server() {
  stop();
}

std::string Server::pluginFolder(const config::ServerConfig& config) {
  if (!config.pluginDir.empty()) return config.pluginDir;
  std::error_code ec;
  const fs::path program = fs::read_symlink("/proc/self/exe", ec).parent_path();
  for (const fs::path& candidate :
       {program.parent_path() / "plugins", program.parent_path() / "lib/posthouse/plugins"}) {
    if (fs::is_directory(candidate, ec)) return candidate.string();
  }
  return (program.parent_path() / "plugins").string();
}

std::string Server::publicIdKey(const config::ServerConfig& config) {
  return config.dataDir + "/cid.key";
}

ph::Status applyLog(const config::ServerConfig& c) {
  log::Level level = log::Level::Info;
  log::parseLevel(c.logLevel, &level);
  log::setLevel(level);
  for (const auto& [module, text] : c.logModules) {
    if (log::parseLevel(text, &level)) log::setLevel(module, level);
  }
  if (!log::open(c.logFile, c.logFormat == "json" ? log::Format::Json : log::Format::Logfmt)) {
    return ph::Error{ph::Kind::Temporary, "the log file " + c.logFile + " can't be opened"};
  }
  return {};
}

ph::Status Server::start() {
  if (auto s = applyLog(config_); !s) return s;
  if (auto s = makeFolder(config_.dataDir); !s) return s;
  // One that was killed may still be on its way out.
  auto lock = DataLock::take(config_.dataDir, kLockPatience);
  if (!lock) return lock.error();
  auto directory = accounts::Directory::build(config_);
  if (!directory) return directory.error();
  if (auto s = plugin::PluginHost::check(pluginFolder(config_), config_.plugins); !s) return s;
  auto limits = limitSettings(config_);
  if (!limits) return limits.error();
  auto dns = dnsSettings(config_.dns);
  if (!dns) return dns.error();
  const std::string tmp = config_.dataDir + "/tmp";
  if (auto s = makeFolder(tmp); !s) return s;

  MemoryBudget::get().setLimit(config_.memoryBytes);
  parts_ = std::make_unique<Parts>();
  Parts& p = *parts_;
  p.lock.emplace(std::move(*lock));
  p.limits->set(std::move(*limits));
  const auto readFile = [this](const std::string& path) { return processOne_.read(path); };
  auto certificates = net::Certificates::read(certificateFiles(config_), readFile);
  if (!certificates) return certificates.error();
  p.certificates.use(std::move(*certificates));
  auto publicIds = net::PublicIds::open(env::posix(), publicIdKey(config_));
  if (!publicIds) return publicIds.error();
  p.publicIds = std::make_shared<net::PublicIds>(*publicIds);
  auto logins = accounts::LoginLog::open(config_.dataDir + "/logins.db");
  if (!logins) return logins.error();
  p.accounts = std::make_unique<accounts::Accounts>(config_.dataDir, std::move(*directory), std::move(*logins));
  if (auto s = openWeb(); !s) return s;
  p.certificates.onAsk([&keys = p.accounts->tlsKeys()] { return keys.any(); });
  p.store = openStore(config_);
  p.store->setSettings(accountSettings(config_));
  if (config_.historyBytes != 0) {
    auto trace = trace::Trace::open(config_.dataDir + "/trace", config_.historyBytes);
    if (!trace) return trace.error();
    p.trace = std::move(*trace);
    log::setHistorian([trace = p.trace](const log::Line& line) { trace->add(line); });
    p.timers.add(kFlushHistory, kFlushHistory, [&p] { (void)p.diskPool.run([trace = p.trace] { trace->flush(); }); });
  }
  auto events = events::EventLog::open(config_.dataDir + "/events.db");
  if (!events) return events.error();
  p.events = std::move(*events);
  p.delivery =
      std::make_unique<pipeline::Delivery>(*p.store, p.hooks, p.hookPool, p.timers, *p.events, config_.hostname);
  p.delivery->setPolicies(deliveryPolicies(config_, p.accounts->directory()));
  auto deliver = [&p](const queue::Envelope& e, const queue::Envelope::Recipient& r, const std::string&,
                      const mail::MessageRef& message) -> queue::Outcome {
    pipeline::Transaction txn;
    txn.id = e.id;
    txn.sessionId = e.connection;
    txn.account = e.account;
    txn.reversePath = e.reversePath;
    txn.params.flags = e.flags;
    txn.message = message;
    txn.rcpts.push_back({PH_ADDRESS_ACCOUNT, r.forwardPath, r.account, {}, {}, 0, {}});
    // One key for all recipients: an account gets the message once.
    const ph_verdict v = p.delivery->deliver(txn, "queue:" + e.id);
    queue::Outcome o;
    o.code = v.code;
    o.enhanced = v.enhanced;
    o.text = v.text;
    if (v.verdict != PH_VERDICT_CONTINUE)
      o.outcome = v.verdict == PH_VERDICT_TEMPFAIL ? PH_DELIVERY_TEMPORARY : PH_DELIVERY_PERMANENT;
    return o;
  };
  auto queueSettings = app::queueSettings(config_);
  if (!queueSettings) return queueSettings.error();
  p.queue = std::make_unique<queue::Queue>(
      queue::Surroundings{env::posix(), config_.dataDir + "/queue", p.diskPool, p.hookPool, p.timers, deliver,
                          [&p](const std::string& address) { return resolveSender(*p.accounts->directory(), address); },
                          [] { return static_cast<int64_t>(std::time(nullptr)); }, randomBelow,
                          [&p](std::string_view name, const std::string& account, const std::string& data) {
                            (void)p.events->publish(name, account, data);
                          },
                          [&p](const queue::Envelope& e, const std::string& headers, const mail::Message& message) {
                            return p.signers.sign({e.account, e.reversePath, e.id}, headers, message);
                          }},
      std::move(*queueSettings));
  p.delivery->onNotification([&p](const pipeline::Transaction& txn, const pipeline::Recipient& rcpt) {
    readNotification(*p.queue, *txn.message.get(), rcpt.forwardPath);
  });
  p.dns = std::make_unique<dns::Resolver>(p.engine, p.timers, p.answerPool, std::move(*dns));
  p.data = std::make_unique<plugin::PluginData>(env::posix(), config_.dataDir + "/plugin-data");
  p.core = {config_.hostname, tmp,
            &p.engine,        &p.certificates,
            &p.hookPool,      &p.diskPool,
            &p.cryptoPool,    &p.timers,
            p.accounts.get(), p.store.get(),
            p.queue.get(),    p.events.get(),
            &p.hooks,         p.delivery.get(),
            &p.services,      p.dns.get(),
            &p.mxPolicies,    &p.http,
            p.data.get(),     &p.signers,
            &p.domainRecords, &p.commands,
            &p.pages};
  p.plugins = std::make_unique<plugin::PluginHost>(p.core, pluginFolder(config_), config_.dataDir + "/plugins");
  p.plugins->quarantine(processOne_.quarantined(), [this](const std::string& name) { processOne_.pardon(name); });
  if (config_.homePage) {
    if (auto s = p.homePage.add(p.http); !s) return s;
  }
  if (auto s = p.plugins->start(config_.plugins); !s) return s;
  p.administration = std::make_unique<Administration>(p.engine, p.timers, p.certificates, adminCore(),
                                                      config_.dataDir + "/admin", p.http, *p.web);
  if (auto s = p.administration->start(); !s) return s;
  if (auto s = p.queue->start(); !s) return s;
  p.listeners = std::make_unique<Listeners>(
      p.engine, p.certificates, p.publicIds, p.limits, p.roster,
      [this](const std::string& listener, const std::string& address) { return processOne_.bind(listener, address); },
      Listeners::Own{{"http", p.http.protocol()}, {"admin", p.administration->protocol()}});
  auto plan = p.listeners->plan(config_, [&](const auto& protocol) { return p.plugins->speaker(protocol) != nullptr; });
  if (!plan) return plan.error();
  listening_ = p.listeners->apply(std::move(*plan), *p.plugins);
  if (auto s = openMetrics(); !s) return s;
  publish();
  p.administration->openSocket(config_.controlSocket);
  // Expunged files and old tombstones go in the background; a run that is still busy is not doubled.
  p.timers.add(kMaintenance, kMaintenance, [&p] {
    if (!p.maintaining.exchange(true)) {
      const bool taken = p.diskPool.run([&p] {
        p.store->maintain(kMaintenance.count());
        p.sessions->sweep(std::time(nullptr));
        p.maintaining = false;
      });
      if (!taken) p.maintaining = false;
    }
  });
  kLog.info("started", {{"version", kVersion}, {"hostname", config_.hostname}, {"pid", std::to_string(::getpid())}});
  return {};
}

ph::Status Server::openWeb() {
  Parts& p = *parts_;
  p.secondFactor = std::make_unique<accounts::SecondFactor>(*p.accounts);
  // Whoever changes a password without a server ends its sessions, too.
  const auto credential = [&accounts = *p.accounts](const std::string& account) {
    const auto c = accounts.readCredentialsOf(account);
    return c ? accounts::appPasswordHash(c->argon2id) : std::string();
  };
  auto sessions = web::Sessions::open(p.vfs, config_.dataDir + "/sessions.db", credential, std::time(nullptr));
  if (!sessions) return sessions.error();
  p.sessions = std::move(*sessions);
  p.web = std::make_unique<web::Web>(
      web::Login::Surroundings{*p.accounts, *p.secondFactor, *p.sessions, *p.limits, p.cryptoPool});
  return p.web->mount(p.http);
}

ph::Status Server::openMetrics() {
  Parts& p = *parts_;
  p.readings.emplace(Readings::Pools{p.hookPool, p.diskPool, p.cryptoPool}, *p.queue, *p.dns, processOne_.restarts());
  if (config_.metricsAddress.empty()) return {};
  p.metrics.emplace(p.engine, p.certificates);
  if (!net::Address::parse(config_.metricsAddress)) {
    return ph::Error{ph::Kind::Invalid, "'metrics.address': '" + config_.metricsAddress + "' is not IP:PORT"};
  }
  auto socket = processOne_.bind("", config_.metricsAddress);
  if (!socket) return ph::Error{socket.error().kind, "metrics: " + socket.error().text};
  if (auto s = p.metrics->open(std::move(*socket)); !s) return s;
  listening_.push_back({"metrics", "metrics", "none", {p.metrics->address()}, {}});
  return {};
}

void Server::publish() {
  Parts& p = *parts_;
  p.homePage.show(listening_);
  const auto config = std::make_shared<const config::ServerConfig>(config_);
  std::atomic_store(&p.published, std::make_shared<const Parts::Published>(Parts::Published{config, listening_}));
}

admin::Core Server::adminCore() {
  Parts& p = *parts_;
  admin::Core core;
  core.config = [&p] { return std::atomic_load(&p.published)->config; };
  core.listening = [&p] {
    std::vector<admin::Core::Listening> out;
    for (const auto& l : std::atomic_load(&p.published)->listening)
      out.push_back({l.name, l.protocol, l.tls, l.addresses, l.problem});
    return out;
  };
  core.accounts = p.accounts.get();
  core.plugins = p.plugins.get();
  core.commands = &p.commands;
  core.domainRecords = &p.domainRecords;
  core.pages = &p.pages;
  core.secondFactor = p.secondFactor.get();
  core.sessions = p.sessions.get();
  core.queue = p.queue.get();
  core.store = p.store.get();
  core.trace = p.trace.get();
  core.limits = p.limits.get();
  core.roster = p.roster.get();
  core.endConnection = [&p](uint64_t id) { return p.engine.wake(id, net::kWhyForce); };
  core.check = [folder = pluginFolder(config_)](const config::ServerConfig& next) -> ph::Status {
    if (const auto limits = limitSettings(next); !limits) return limits.error();
    if (const auto queue = app::queueSettings(next); !queue) return queue.error();
    if (const auto dns = dnsSettings(next.dns); !dns) return dns.error();
    return plugin::PluginHost::check(folder, next.plugins);
  };
  core.reload = [this] { return errands_.run([this] { return reload(); }); };
  core.stop = [] { ::kill(::getpid(), SIGTERM); };
  core.started = std::time(nullptr);
  return core;
}

ph::Status Server::reload() {
  processOne_.reloading();
  auto s = follow();
  if (!s) kLog.error("the old configuration stays in force", {{"reason", s.error().text}});
  processOne_.ready(listening_);
  return s;
}

// First everything that can be refused, then what can't.
ph::Status Server::follow() {
  Parts& p = *parts_;
  log::reopen();
  auto next = config::load(config_.file);
  if (!next) return next.error();
  auto directory = accounts::Directory::build(*next);
  if (!directory) return directory.error();
  if (!config_.limits.enabled) removeLimits(&*next);
  auto limits = limitSettings(*next);
  if (!limits) return limits.error();
  auto queueSettings = app::queueSettings(*next);
  if (!queueSettings) return queueSettings.error();
  queueSettings->hostname = config_.hostname;
  auto dns = dnsSettings(next->dns);
  if (!dns) return dns.error();
  if (auto s = plugin::PluginHost::check(pluginFolder(config_), next->plugins); !s) return s;
  const auto readFile = [this](const std::string& path) { return processOne_.read(path); };
  auto certificates = net::Certificates::read(certificateFiles(*next), readFile);
  if (!certificates) return certificates.error();
  auto change = p.plugins->prepare(next->plugins);
  if (!change) return change.error();
  auto plan = p.listeners->plan(*next, [&](const auto& protocol) { return p.plugins->willSpeak(*change, protocol); });
  if (!plan) return plan.error();

  for (const auto& what : config::restartNeeded(config_, *next))
    kLog.warn("a restart is needed for this change", {{"option", what}});
  p.certificates.use(std::move(*certificates));
  MemoryBudget::get().setLimit(next->memoryBytes);
  p.limits->set(std::move(*limits));
  p.dns->set(std::move(*dns));
  p.accounts->replace(std::move(*directory));
  p.store->setSettings(accountSettings(*next));
  p.store->setOpenAccounts(next->limits.openAccounts);
  p.delivery->setPolicies(deliveryPolicies(*next, p.accounts->directory()));
  p.queue->setSettings(std::move(*queueSettings));
  if (auto s = p.plugins->apply(std::move(*change), next->plugins); !s)
    kLog.error("essential plugin", {{"reason", s.error().text}});
  listening_ = p.listeners->apply(std::move(*plan), *p.plugins);
  if (p.metrics) listening_.push_back({"metrics", "metrics", "none", {p.metrics->address()}, {}});
  config::keepUntilRestart(config_, &*next);
  config_ = std::move(*next);
  publish();
  if (auto s = applyLog(config_); !s) return s;
  kLog.info("configuration reloaded", {});
  return {};
}

void Server::stop() {
  if (!parts_) return;
  Parts& p = *parts_;
  kLog.info("stopping", {});
  p.metrics.reset();
  errands_.close();
  if (p.administration) p.administration->close();
  // Nothing is begun any more that would do without the plugins.
  if (p.queue) p.queue->pause();
  if (p.listeners) p.listeners->close(kDrain);
  if (p.sessions) p.sessions->sweep(std::time(nullptr));
  if (p.plugins) p.plugins->stop(kDrainMs);
  if (p.queue) p.queue->stop();
  if (p.plugins && p.plugins->abandoned()) {
    // Calls into a plugin never returned and may still use anything here: it stays as it is until the process ends.
    if (p.events) p.events->flush();
    if (p.accounts) p.accounts->flushLog();
    const bool idle = p.diskPool.stop(kDrain);
    kLog.warn("stopped, leaving calls into plugins behind", {{"disk_idle", idle ? "yes" : "no"}});
    if (p.trace) p.trace->flush();
    (void)parts_.release();
    abandoned_ = true;
    return;
  }
  p.timers.stop();
  p.hookPool.stop();
  p.diskPool.stop();
  p.cryptoPool.stop();
  p.answerPool.stop();
  parts_.reset();
  log::setHistorian({});
  kLog.info("stopped", {});
}

}  // namespace posthouse::app
