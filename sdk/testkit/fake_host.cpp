#include "testkit/fake_host.hpp"

#include <dlfcn.h>

#include <cstring>

#include "testkit/accounts.hpp"
#include "testkit/fake_message.hpp"

namespace ph::testkit {

ph_status schedule(const ph_host* host, uint32_t delayMs, uint32_t periodMs, void (*fn)(void*), void* ctx,
                   uint64_t* id) {
  FakeHost& h = FakeHost::of(host);
  const uint64_t timer = h.nextTimer_++;
  h.timers.emplace(timer, FakeHost::Timer{h.nowMs + delayMs, periodMs, fn, ctx});
  if (id) *id = timer;
  return PH_OK;
}

namespace {

using ph::view;

template <class Map, class Out>
ph_status lookUp(const Map& map, const char* path, Out* out) {
  const auto i = map.find(path);
  if (i == map.end()) return PH_E_NOT_FOUND;
  *out = i->second;
  return PH_OK;
}

// The plugin's configuration handle is the host itself.
const FakeHost& hostOf(const ph_config* c) {
  return *reinterpret_cast<const FakeHost*>(c);
}

const ph_config_api& configTable() {
  static const ph_config_api table = [] {
    auto t = ph::sized<ph_config_api>();
    t.get_string = [](const ph_config* c, const char* p, ph_str* out) -> ph_status {
      const auto i = hostOf(c).strings.find(p);
      if (i == hostOf(c).strings.end()) return PH_E_NOT_FOUND;
      *out = ph::str(i->second);
      return PH_OK;
    };
    t.list_size = [](const ph_config* c, const char* p, size_t* out) -> ph_status {
      const auto i = hostOf(c).lists.find(p);
      if (i == hostOf(c).lists.end()) return PH_E_NOT_FOUND;
      *out = i->second.size();
      return PH_OK;
    };
    t.list_string = [](const ph_config* c, const char* p, size_t index, ph_str* out) -> ph_status {
      const auto i = hostOf(c).lists.find(p);
      if (i == hostOf(c).lists.end() || index >= i->second.size()) return PH_E_NOT_FOUND;
      *out = ph::str(i->second[index]);
      return PH_OK;
    };
    t.get_int = [](const ph_config* c, const char* p, int64_t* out) { return lookUp(hostOf(c).numbers, p, out); };
    t.get_bool = [](const ph_config* c, const char* p, int32_t* out) { return lookUp(hostOf(c).switches, p, out); };
    t.get_duration = t.get_int;
    t.get_size = [](const ph_config* c, const char* p, uint64_t* out) { return lookUp(hostOf(c).sizes, p, out); };
    t.hostname = [](const ph_host*, ph_str* out) -> ph_status {
      *out = ph::str("mx.example");
      return PH_OK;
    };
    return t;
  }();
  return table;
}

const ph_clock& clockTable() {
  static const ph_clock table = [] {
    auto t = ph::sized<ph_clock>();
    t.wall_ms = [](const ph_host* h) { return static_cast<int64_t>(FakeHost::of(h).nowMs); };
    t.monotonic_ms = [](const ph_host* h) { return FakeHost::of(h).nowMs; };
    t.zone_minutes = [](const ph_host*, int64_t) -> int32_t { return 0; };
    return t;
  }();
  return table;
}

const ph_log& logTable() {
  static const ph_log table = [] {
    auto t = ph::sized<ph_log>();
    t.enabled = [](const ph_host*, int32_t) -> int32_t { return 1; };
    t.write = [](const ph_host* h, int32_t, uint64_t, ph_str text, const ph_field* fields, size_t n) {
      std::string line(view(text));
      for (size_t i = 0; i < n; ++i)
        line += " " + std::string(view(fields[i].key)) + "=" + std::string(view(fields[i].value));
      FakeHost::of(h).log.push_back(line);
    };
    return t;
  }();
  return table;
}

const ph_jobs& jobsTable() {
  static const ph_jobs table = [] {
    auto t = ph::sized<ph_jobs>();
    t.run = [](const ph_host* h, int32_t, void (*fn)(void*), void* ctx) -> ph_status {
      if (FakeHost::of(h).poolFull) return PH_E_LIMIT;
      FakeHost::of(h).jobs.emplace_back(fn, ctx);
      return PH_OK;
    };
    t.schedule = [](const ph_host* h, int32_t, uint32_t delayMs, uint32_t periodMs, void (*fn)(void*), void* ctx,
                    uint64_t* id) { return schedule(h, delayMs, periodMs, fn, ctx, id); };
    t.cancel = [](const ph_host* h, uint64_t id) -> ph_status {
      return FakeHost::of(h).timers.erase(id) > 0 ? PH_OK : PH_E_NOT_FOUND;
    };
    return t;
  }();
  return table;
}

const ph_listener& listenerTable() {
  static const ph_listener table = [] {
    auto t = ph::sized<ph_listener>();
    t.offer = [](const ph_host* h, const ph_protocol* p) -> ph_status {
      return FakeHost::of(h).protocols.emplace(p->name, *p).second ? PH_OK : PH_E_CONFLICT;
    };
    return t;
  }();
  return table;
}

const ph_session_api& sessionTable() {
  static const ph_session_api table = [] {
    auto t = ph::sized<ph_session_api>();
    t.input = [](ph_session* s) { return ph::str(s->client->input); };
    t.consume = [](ph_session* s, size_t n) -> ph_status {
      if (n > s->client->input.size()) return PH_E_INVALID;
      s->client->input.erase(0, n);
      return PH_OK;
    };
    t.write = [](ph_session* s, const void* data, size_t size) -> ph_status {
      Client& c = *s->client;
      if (c.unsent > 256 * 1024) return PH_E_LIMIT;
      c.output.append(static_cast<const char*>(data), size);
      if (c.stalled) c.unsent += size;
      return PH_OK;
    };
    t.pending = [](ph_session* s) { return s->client->unsent; };
    t.deadline = [](ph_session* s, uint32_t ms) { s->client->deadlineAt = ms ? s->client->host.nowMs + ms : 0; };
    t.done = [](ph_session* s) { s->client->doneFlag = true; };
    t.wake = [](const ph_host* h, uint64_t id) -> ph_status {
      FakeHost& host = FakeHost::of(h);
      if (!host.clients.contains(id)) return PH_E_NOT_FOUND;
      host.woken.insert(id);
      return PH_OK;
    };
    t.login = [](ph_session* s, ph_str account) -> ph_status {
      s->client->account = view(account);
      if (account.len) return PH_OK;
      return ++s->client->loginFailures >= s->client->maxLoginFailures ? PH_E_LIMIT : PH_OK;
    };
    t.compress = [](ph_session* s) -> ph_status {
      return std::exchange(s->client->compressed, true) ? PH_E_CONFLICT : PH_OK;
    };
    t.hold = [](ph_session* s, size_t bytes) -> ph_status {
      s->client->held = bytes;
      return s->client->memoryShort && bytes > 4096 ? PH_E_LIMIT : PH_OK;
    };
    return t;
  }();
  return table;
}

const ph_tls& tlsTable() {
  static const ph_tls table = [] {
    auto t = ph::sized<ph_tls>();
    t.start = [](ph_session* s) -> ph_status {
      if (s->client->tlsBroken) return PH_E_UNAVAILABLE;
      return s->client->tlsActive || !s->client->input.empty() ? PH_E_CONFLICT : PH_OK;
    };
    t.info = [](ph_session* s, ph_tls_info* out) {
      out->active = s->client->tlsActive;
      out->version = s->client->tlsActive ? "TLS1.3" : nullptr;
      out->cipher = s->client->tlsActive ? "TLS_AES_256_GCM_SHA384" : nullptr;
      const auto& asked = s->client->tlsAsked;
      out->verified = s->client->tlsActive && asked && asked->verify != PH_TLS_VERIFY_NONE ? 1 : 0;
    };
    t.connect = [](ph_session* s, const ph_tls_client* what) -> ph_status {
      if (s->client->tlsActive || !s->client->input.empty()) return PH_E_CONFLICT;
      s->client->tlsAsked = TlsAsked::from(*what);
      return PH_OK;
    };
    t.failure = [](ph_session* s) { return ph::str(s->client->tlsFailure); };
    t.channel_binding = [](ph_session* s, const char* kind, ph_sink sink) -> ph_status {
      const auto found = s->client->bindings.find(kind);
      if (!s->client->tlsActive || found == s->client->bindings.end()) return PH_E_UNAVAILABLE;
      return sink.write(sink.ctx, found->second.data(), found->second.size());
    };
    return t;
  }();
  return table;
}

}  // namespace

FakeHost::FakeHost() {
  interfaces_ = {{PH_IF_CONFIG, &configTable()},
                 {PH_IF_ACCOUNTS, &accountsTable()},
                 {PH_IF_CLOCK, &clockTable()},
                 {PH_IF_LOG, &logTable()},
                 {PH_IF_JOBS, &jobsTable()},
                 {PH_IF_LISTENER, &listenerTable()},
                 {PH_IF_SESSION, &sessionTable()},
                 {PH_IF_TLS, &tlsTable()},
                 {PH_IF_MESSAGE, &fakeMessageTable()},
                 {PH_IF_PIPELINE, pipeline.table()},
                 {PH_IF_QUEUE, queue.table()},
                 {PH_IF_EVENTS, events.table()},
                 {Events::kId, &events},
                 {PH_IF_HTTP, http.table()},
                 {Http::kId, &http},
                 {PH_IF_ASSETS, http.assetsTable()},
                 {PH_IF_ADMIN, http.adminTable()},
                 {PH_IF_CLI, cli.table()},
                 {Cli::kId, &cli},
                 {PH_IF_DB, databases.table()},
                 {Databases::kId, &databases},
                 {PH_IF_SECRETS, secrets.table()},
                 {Secrets::kId, &secrets},
                 {Pipeline::kId, &pipeline},
                 {Queue::kId, &queue},
                 {PH_IF_TRANSPORT, attempts.table()},
                 {Attempts::kId, &attempts},
                 {PH_IF_CONNECT, connections.table()},
                 {Connections::kId, &connections},
                 {PH_IF_MX_POLICY, mxPolicies.table()},
                 {MxPolicies::kId, &mxPolicies},
                 {PH_IF_SIGNER, signers.table()},
                 {Signers::kId, &signers},
                 {Dns::kId, &dns},
                 {PH_IF_STORE, store.table()},
                 {Store::kId, &store}};
  raw.size = sizeof raw;
  raw.ctx = this;
  raw.get = [](const ph_host* h, const char* id) -> const void* {
    if (of(h).withheld.contains(id)) return nullptr;
    if (of(h).dns.offered && std::strcmp(id, PH_IF_DNS) == 0) return of(h).dns.table();
    const auto& all = of(h).interfaces_;
    const auto i = all.find(id);
    return i == all.end() ? nullptr : i->second;
  };
}

FakeHost::~FakeHost() {
  stop();
}

void FakeHost::stop() {
  if (!plugin_) return;
  if (started_ && PH_HAS(plugin_, drain)) plugin_->drain(plugin_->self, 1000);
  events.subscribers.clear();
  timers.clear();
  jobs.clear();  // their sessions may be gone
  pipeline.hooks.clear();
  protocols.clear();
  http.routes.clear();
  http.bundles.clear();
  http.pages.clear();
  cli.commands.clear();
  attempts.offers.clear();
  mxPolicies.offers.clear();
  signers.offers.clear();
  if (std::exchange(started_, false)) plugin_->stop(plugin_->self);
  plugin_->destroy(std::exchange(plugin_, nullptr)->self);
}

namespace {

std::string whyNot(ph_status status, const ph_error& error) {
  return error.text[0] ? error.text : "status " + std::to_string(status);
}

}  // namespace

bool FakeHost::start(const std::string& file) {
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    problem = ::dlerror();
    return false;
  }
  auto* entry = reinterpret_cast<const ph_descriptor* (*)()>(::dlsym(library, "ph_plugin_v1"));
  auto error = ph::noError();
  if (entry) plugin_ = entry()->create(&raw, &error);
  if (!plugin_) {
    problem = entry ? "create: " + whyNot(PH_E_BUG, error) : "no symbol ph_plugin_v1";
    return false;
  }
  if (!reconfigure()) return false;
  started_ = true;
  const ph_status s = plugin_->start(plugin_->self, &error);
  if (s != PH_OK) problem = "start: " + whyNot(s, error);
  return s == PH_OK;
}

bool FakeHost::reconfigure() {
  for (const int checkOnly : {1, 0}) {
    auto error = ph::noError();
    const ph_status s = plugin_->configure(plugin_->self, reinterpret_cast<const ph_config*>(this), checkOnly, &error);
    if (s != PH_OK) {
      problem = whyNot(s, error);
      return false;
    }
  }
  return true;
}

void FakeHost::advance(uint32_t ms) {
  nowMs += ms;
  for (auto i = timers.begin(); i != timers.end();) {
    Timer& t = i->second;
    if (t.dueMs > nowMs) {
      ++i;
      continue;
    }
    jobs.emplace_back(t.fn, t.ctx);
    t.dueMs = nowMs + t.periodMs;
    i = t.periodMs == 0 ? timers.erase(i) : std::next(i);
  }
}

void FakeHost::runJobs() {
  while (runOneJob()) {
  }
}

bool FakeHost::runOneJob() {
  if (jobs.empty()) return false;
  const auto [fn, ctx] = jobs.front();
  jobs.pop_front();
  fn(ctx);
  return true;
}

void FakeHost::deliverWakes() {
  while (!woken.empty()) {
    const auto found = clients.find(*woken.begin());
    woken.erase(woken.begin());
    if (found != clients.end()) found->second->wake();
  }
}

}  // namespace ph::testkit
