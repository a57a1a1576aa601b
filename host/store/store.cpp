// All accounts, see store.hpp. A new account is built in ".new-NAME", synced, then renamed: SQLite's own syncs do not
// matter meanwhile.
#include "store/store.hpp"

#include <algorithm>

#include "log/log.hpp"
#include "store/core.hpp"
#include "store/schema.hpp"

namespace posthouse::store {
namespace {

const log::Log kLog("store");
constexpr std::string_view kBuilding = ".new-";

ph::Status checkName(const std::string& name) {
  const bool bad =
      name.empty() || name.size() > 200 || name.front() == '.' ||
      std::any_of(name.begin(), name.end(), [](unsigned char c) { return c <= 0x20 || c == 0x7f || c == '/'; });
  if (bad) return ph::Error{ph::Kind::Invalid, "not an account name: " + name};
  return {};
}

}  // namespace

Store::Store(env::Env& env, std::string folder, Options options)
    : options_(std::move(options)), folder_(std::move(folder)), vfs_(env), most_(options_.openAccounts) {
  if (!options_.sharesFile.empty()) shares_ = std::make_unique<Shares>(vfs_, options_.sharesFile);
  if (options_.search)
    indexer_ = std::make_unique<search::Indexer>([this](const auto& name) { return ifOpen(name); }, options_.pace);
}
Store::~Store() = default;

ph::Result<std::shared_ptr<Account>> Store::open(const std::string& name) {
  if (auto valid = checkName(name); !valid) return valid.error();
  auto account = [&] {
    const std::lock_guard guard(mutex_);
    return openLocked(name);
  }();
  keepBound();
  return account;
}

ph::Result<std::shared_ptr<Account>> Store::openOrCreate(const std::string& name) {
  auto account = open(name);
  if (account || account.error().kind != ph::Kind::NotFound) return account;
  account = create(name);
  // Another thread may have made it meanwhile.
  return account || account.error().kind != ph::Kind::Conflict ? account : open(name);
}

ph::Result<std::shared_ptr<Account>> Store::openLocked(const std::string& name) {
  if (const auto it = open_.find(name); it != open_.end()) {
    return it->second.account;
  }
  if (auto done = takeBack(name); !done) return done.error();
  const auto folder = folder_ + "/" + name;
  if (const auto info = vfs_.env().info(folder); !info) {
    if (info.error().kind == ph::Kind::NotFound) return ph::Error{ph::Kind::NotFound, "no such account: " + name};
    return info.error();
  }
  auto core = std::make_unique<Core>(name, folder, vfs_, options_);
  core->awakeCount = awake_;
  core->onWake = [this] { keepBound(); };
  if (auto done = core->open(doubtful_.contains(name)); !done) {
    doubtful_.insert(name);
    // A missing index is damage, not a missing account.
    const auto kind = done.error().kind == ph::Kind::NotFound ? ph::Kind::Permanent : done.error().kind;
    return ph::Error{kind, "account " + name + ": " + done.error().text};
  }
  doubtful_.erase(name);
  core->setSettings(settingsOf(name));
  if (shares_) {
    core->sharing = [this, name](const auto& grantee, const auto& commit) {
      return shares_->share(grantee, name, commit);
    };
  }
  if (indexer_) {
    core->onArrival = [this, name] { indexer_->wake(name); };
    indexer_->wake(name);
  }
  auto account = std::make_shared<Account>(std::move(core));
  open_[name] = {account};
  return account;
}

ph::Result<std::shared_ptr<Account>> Store::create(const std::string& name) {
  if (auto valid = checkName(name); !valid) return valid.error();
  auto account = [&]() -> ph::Result<std::shared_ptr<Account>> {
    const std::lock_guard guard(mutex_);
    if (auto done = takeBack(name); !done) return done.error();
    if (const auto info = vfs_.env().info(folder_ + "/" + name); info)
      return ph::Error{ph::Kind::Conflict, "account exists: " + name};
    if (auto done = build(name); !done) return done.error();
    return openLocked(name);
  }();
  keepBound();
  return account;
}

ph::Status Store::build(const std::string& name) {
  auto& env = vfs_.env();
  if (auto done = env::ensureFolder(env, folder_); !done) return done;
  const auto folder = folder_ + "/" + std::string(kBuilding) + name;
  if (auto done = env::removeTree(env, folder); !done) return done;
  for (const auto& path : {folder, folder + "/msg", folder + "/tmp"})
    if (auto done = env.makeFolder(path); !done) return done;
  {
    db::OpenOptions open;
    open.create = true;
    open.building = true;
    open.application = kIndexApplication;
    open.version = kIndexVersion;
    auto db = db::Database::open(vfs_, folder + "/index.db", open);
    if (!db) return db.error();
    if (auto done = buildIndex(**db, options_.now()); !done) return done;
    if (auto done = (*db)->exec("PRAGMA wal_checkpoint(TRUNCATE)"); !done) return done;
  }
  auto index = env.open(folder + "/index.db", env::Open::ReadWrite);
  if (!index) return index.error();
  if (auto done = (*index)->sync(); !done) return done;
  if (auto done = Ids::create(env, folder + "/ids"); !done) return done;
  if (auto done = env.syncFolder(folder); !done) return done;
  if (auto done = env.rename(folder, folder_ + "/" + name); !done) return done;
  auto synced = env.syncFolder(folder_);
  if (!synced) {
    halfMade_.insert(name);
    (void)takeBack(name);
  }
  return synced;
}

// A name whose sync failed is not durable, and syncing again would not make it so. It is built again.
ph::Status Store::takeBack(const std::string& name) {
  if (!halfMade_.contains(name)) return {};
  auto done = vfs_.env().rename(folder_ + "/" + name, folder_ + "/" + std::string(kBuilding) + name);
  if (done) halfMade_.erase(name);
  return done;
}

ph::Result<std::vector<std::string>> Store::accounts() {
  auto names = vfs_.env().list(folder_);
  if (!names) {
    if (names.error().kind == ph::Kind::NotFound) return std::vector<std::string>();
    return names.error();
  }
  std::erase_if(*names, [](const std::string& name) { return name.front() == '.'; });
  std::sort(names->begin(), names->end());
  return names;
}

std::shared_ptr<const AccountSettings> Store::settingsOf(const std::string& name) const {
  const auto it = settings_.find(name);
  return it != settings_.end() ? it->second : std::make_shared<const AccountSettings>();
}

void Store::setSettings(SettingsByAccount settings) {
  const std::lock_guard guard(mutex_);
  settings_ = std::move(settings);
  for (const auto& [name, slot] : open_) slot.account->core().setSettings(settingsOf(name));
}

// Conflict: somebody holds it.
ph::Status Store::close(const std::string& name) {
  const std::lock_guard guard(mutex_);
  const auto it = open_.find(name);
  if (it == open_.end()) return {};
  if (it->second.account.use_count() > 1) return ph::Error{ph::Kind::Conflict, "account " + name + " is open"};
  open_.erase(it);
  return {};
}

std::string Store::movedFolder(const std::string& name) const {
  return (options_.movedFolder.empty() ? folder_ + "/.moved" : options_.movedFolder) + "/" + name;
}

void Store::setOpenAccounts(std::size_t most) {
  most_ = most;
  keepBound();
}

// A few at once, so that not every opening has to.
void Store::keepBound() {
  const std::size_t most = most_;
  if (openNow() > most) closeIdle(most - std::min(most, most / 64));
}

std::shared_ptr<Account> Store::ifOpen(const std::string& name) {
  const std::lock_guard guard(mutex_);
  const auto it = open_.find(name);
  return it == open_.end() ? nullptr : it->second.account;
}

void Store::closeIdle(std::size_t keep) {
  std::vector<std::pair<std::int64_t, std::shared_ptr<Account>>> open;  // with the last use, which goes on changing
  {
    const std::lock_guard guard(mutex_);
    for (const auto& [name, slot] : open_)
      if (slot.account->core().awake()) open.emplace_back(slot.account->core().lastUse(), slot.account);
  }
  std::sort(open.begin(), open.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::size_t left = open.size();
  std::set<std::string> closed;
  for (std::size_t i = 0; i < open.size() && left > keep; ++i) {
    if (open[i].second->rest()) --left;
    closed.insert(open[i].second->name());
  }
  open.clear();
  const std::lock_guard guard(mutex_);
  // One that nobody holds goes, even if it is not sound and could not rest.
  std::erase_if(open_, [&](const auto& slot) {
    const auto& account = slot.second.account;
    return account.use_count() == 1 && (closed.contains(slot.first) || !account->core().awake());
  });
}

}  // namespace posthouse::store
