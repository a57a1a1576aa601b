#include "dns/resolver.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_map>

#include "dns/cache.hpp"
#include "dns/name.hpp"
#include "dns/special.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace posthouse::dns {
namespace {

using net::Clock;
using std::chrono::milliseconds;

const log::Log kLog("dns");
const metrics::Counters kQuestions("posthouse_dns_questions_total", "Questions that were asked.", {"type"});
const metrics::Counters kAnswers("posthouse_dns_answers_total", "What resolvers answered in the end.",
                                 {"outcome", "security"});
const metrics::Counters kHits("posthouse_dns_cache_hits_total", "Questions whose answer was known.");
const metrics::Histograms kSeconds("posthouse_dns_seconds", "What answers took that were not known.");

constexpr size_t kMaxEntries = 20000;
constexpr size_t kMaxBytes = 16 * 1024 * 1024;
constexpr auto kLookAtFile = std::chrono::seconds(2);

struct Waiter {
  const void* asker = nullptr;
  Resolver::Then then;
};

// What one lookup is done for.
struct Flight {
  Clock::time_point end;
  std::map<uint64_t, Waiter> waiters;
};

// A file as it was: another one in its place looks different.
struct FileMark {
  ino_t inode = 0;
  off_t size = -1;
  timespec changed{};
  static FileMark of(const std::string& path) {
    struct stat s {};
    if (::stat(path.c_str(), &s) != 0) return {};
    return {s.st_ino, s.st_size, s.st_mtim};
  }
  friend bool operator==(const FileMark& a, const FileMark& b) {
    return a.inode == b.inode && a.size == b.size && a.changed.tv_sec == b.changed.tv_sec &&
           a.changed.tv_nsec == b.changed.tv_nsec;
  }
};

bool same(const std::vector<Server>& a, const std::vector<Server>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Server& x, const Server& y) {
    return x.trusted == y.trusted && x.address.text() == y.address.text();
  });
}

Answer notNow(const Question& q, const char* why) {
  return Answer::failed(q.name, why);
}

void countQuestion(Type type) {
  static const auto kCounters = [] {
    std::map<Type, metrics::Counter> out;
    for (const Type t : kAllTypes) out.emplace(t, kQuestions.with({nameOf(t)}));
    return out;
  }();
  kCounters.at(type).add();
}

void count(const Answer& a, Clock::duration took) {
  kAnswers.with({nameOf(a.outcome), nameOf(a.security)}).add();
  static const auto kHistogram = kSeconds.with();
  kHistogram.observe(std::chrono::duration<double>(took).count());
}

}  // namespace

struct Resolver::Impl : std::enable_shared_from_this<Impl> {
  Impl(net::Engine& e, jobs::Timers& t, jobs::Pool& p) : engine(e), timers(t), pool(p) {}

  net::Engine& engine;
  jobs::Timers& timers;
  jobs::Pool& pool;
  Cache cache{kMaxEntries, kMaxBytes};
  mutable std::mutex mutex;  // of the rest
  Settings settings;
  std::shared_ptr<Servers> servers;
  FileMark file;
  Clock::time_point looked{};
  std::unordered_map<Question, Flight, QuestionHash> flights;
  std::unordered_map<const void*, size_t> perAsker;
  size_t waiting = 0;
  uint64_t nextWaiter = 1;
  bool stopped = false;

  // --- with the lock ---

  void useServers() {
    // The mark first: a change in between shows at the next look.
    if (settings.system) file = FileMark::of(settings.resolvConf);
    auto list = serversOf(settings);
    if (servers && same(servers->all(), list)) return;
    servers = std::make_shared<Servers>(std::move(list));
    cache.clear();
  }

  void followFile() {
    const auto now = Clock::now();
    if (!settings.system || now - looked < kLookAtFile) return;
    looked = now;
    if (FileMark::of(settings.resolvConf) != file) useServers();
  }

  void forget(const Waiter& w) {
    --waiting;
    const auto i = perAsker.find(w.asker);
    if (--i->second == 0) perAsker.erase(i);
  }

  // --- without ---

  void start(const Question& q, std::shared_ptr<Servers> whom, const Patience& patience, Clock::time_point end) {
    const auto begun = Clock::now();
    lookUp(engine, whom, q, patience, end, [self = shared_from_this(), q, whom, begun](Answer answer) {
      self->finished(q, whom, begun, std::make_shared<const Answer>(std::move(answer)));
    });
  }

  void finished(const Question& q, const std::shared_ptr<Servers>& whom, Clock::time_point begun,
                const std::shared_ptr<const Answer>& answer) {
    const auto now = Clock::now();
    const std::string ms = std::to_string(std::chrono::duration_cast<milliseconds>(now - begun).count());
    kLog.debug("answer", {{"name", q.name},
                          {"type", nameOf(q.type)},
                          {"outcome", nameOf(answer->outcome)},
                          {"security", nameOf(answer->security)},
                          {"ms", ms},
                          {"reason", answer->text}});
    count(*answer, now - begun);
    std::map<uint64_t, Waiter> waiters;
    {
      std::lock_guard lock(mutex);
      if (whom == servers) cache.put(q, answer, now);
      const auto f = flights.find(q);
      if (f == flights.end()) return;
      waiters = std::move(f->second.waiters);
      flights.erase(f);
      for (const auto& [id, w] : waiters) forget(w);
    }
    for (const auto& [id, w] : waiters) w.then(*answer, answer->ttl);
  }

  void outOfTime(const Question& q, uint64_t id) {
    Waiter w;
    {
      std::lock_guard lock(mutex);
      const auto f = flights.find(q);
      if (f == flights.end()) return;
      const auto i = f->second.waiters.find(id);
      if (i == f->second.waiters.end()) return;
      w = std::move(i->second);
      f->second.waiters.erase(i);
      forget(w);
    }
    w.then(notNow(q, "no answer in time"), 0);
  }

  // Answers those that `which` picks.
  template <class Which>
  void giveUp(Which which, const char* why) {
    std::vector<std::pair<Question, Waiter>> all;
    {
      std::lock_guard lock(mutex);
      for (auto& [q, f] : flights) {
        for (auto i = f.waiters.begin(); i != f.waiters.end();) {
          if (!which(i->second)) {
            ++i;
            continue;
          }
          forget(i->second);
          all.emplace_back(q, std::move(i->second));
          i = f.waiters.erase(i);
        }
      }
    }
    for (const auto& [q, w] : all) w.then(notNow(q, why), 0);
  }
};

Resolver::Resolver(net::Engine& engine, jobs::Timers& timers, jobs::Pool& pool, Settings settings)
    : impl_(std::make_shared<Impl>(engine, timers, pool)) {
  set(std::move(settings));
}

Resolver::~Resolver() {
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopped = true;
  }
  impl_->giveUp([](const Waiter&) { return true; }, "the server stops");
}

void Resolver::set(Settings settings) {
  std::lock_guard lock(impl_->mutex);
  impl_->settings = std::move(settings);
  impl_->useServers();
}

ph::Status Resolver::query(std::string_view name, Type type, milliseconds within, const void* asker, Then then) {
  auto plain = type == Type::Ptr ? reverseName(name) : std::nullopt;
  if (!plain) plain = normaliseName(name);
  if (!plain) return ph::Error{ph::Kind::Invalid, "not a domain name"};
  const Question q{std::move(*plain), type};
  Impl& i = *impl_;
  countQuestion(type);
  if (const auto known = specialAnswer(q)) {
    then(*known, known->ttl);
    return {};
  }
  const auto now = Clock::now();
  if (const auto hit = i.cache.find(q, now)) {
    static const auto kHit = kHits.with();
    kHit.add();
    then(*hit->answer, hit->ttl);
    return {};
  }
  std::unique_lock lock(i.mutex);
  i.followFile();
  if (i.stopped || i.servers->all().empty()) {
    const char* why = i.stopped ? "the server stops" : "no resolver is configured";
    lock.unlock();
    then(notNow(q, why), 0);
    return {};
  }
  // Lookups go on when nobody waits any more.
  const bool full =
      i.waiting >= i.settings.maxWaiting || (i.flights.size() >= i.settings.maxWaiting && !i.flights.contains(q));
  if (full) return ph::Error{ph::Kind::Limit, "too many questions wait"};
  size_t& own = i.perAsker[asker];
  if (own >= i.settings.maxWaitingOfOne) return ph::Error{ph::Kind::Limit, "too many questions of one asker wait"};
  const auto [f, fresh] = i.flights.try_emplace(q);
  Flight& flight = f->second;
  if (fresh) flight.end = now + i.settings.lifetime;
  const uint64_t id = i.nextWaiter++;
  flight.waiters.emplace(id, Waiter{asker, std::move(then)});
  ++own;
  ++i.waiting;
  const auto end = flight.end;
  const auto servers = i.servers;
  const Patience patience = i.settings.patience;
  lock.unlock();
  if (within.count() > 0 && now + within < end) {
    i.timers.add(within, {}, [weak = impl_->weak_from_this(), q, id] {
      // On the timer thread; the answer may take a moment.
      const auto impl = weak.lock();
      if (impl && !impl->pool.run([impl, q, id] { impl->outOfTime(q, id); })) impl->outOfTime(q, id);
    });
  }
  if (fresh) i.start(q, servers, patience, end);
  return {};
}

void Resolver::cancel(const void* asker) {
  impl_->giveUp([asker](const Waiter& w) { return w.asker == asker; }, "the question was withdrawn");
}

size_t Resolver::waiting() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->waiting;
}

size_t Resolver::cached() const {
  return impl_->cache.entries();
}

}  // namespace posthouse::dns
