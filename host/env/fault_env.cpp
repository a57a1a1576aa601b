// A file system in memory with a live and a durable half, see fault_env.hpp.
#include "env/fault_env.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace posthouse::env {

struct Write {
  bool truncation = false;
  std::uint64_t offset = 0;  // or the new size
  std::string data;
};

using Entries = std::map<std::string, std::shared_ptr<FaultNode>>;
// One change of names; a nullptr removes. A rename within a folder is one change of two names.
using NameChange = std::vector<std::pair<std::string, std::shared_ptr<FaultNode>>>;

struct FaultNode {
  explicit FaultNode(bool isFolder) : folder(isFolder) {}
  const bool folder;
  std::string live, durable;
  std::vector<Write> writes;
  Entries entries, durableEntries;
  std::vector<NameChange> names;
};

namespace {

constexpr std::uint64_t kSector = 512;

void replay(std::string& content, const Write& write, std::uint64_t from = 0, std::uint64_t to = UINT64_MAX) {
  if (write.truncation) {
    content.resize(write.offset);
    return;
  }
  to = std::min<std::uint64_t>(to, write.data.size());
  if (from >= to) return;
  if (content.size() < write.offset + to) content.resize(write.offset + to);
  std::memcpy(content.data() + write.offset + from, write.data.data() + from, to - from);
}

void replay(Entries& entries, const NameChange& change) {
  for (const auto& [name, node] : change) {
    if (node) {
      entries[name] = node;
    } else {
      entries.erase(name);
    }
  }
}

void change(FaultNode& folder, NameChange names) {
  replay(folder.entries, names);
  folder.names.push_back(std::move(names));
}

// What one power cut leaves of a tree.
class Settle {
 public:
  Settle(Cut cut, unsigned seed) : cut_(cut), random_(seed) {}

  std::shared_ptr<FaultNode> node(const std::shared_ptr<FaultNode>& old) {
    if (const auto it = done_.find(old.get()); it != done_.end()) return it->second;
    auto fresh = std::make_shared<FaultNode>(old->folder);
    done_[old.get()] = fresh;
    if (!old->folder) {
      fresh->live = fresh->durable = content(*old);
      return fresh;
    }
    Entries left = old->durableEntries;
    const auto prefix = std::uniform_int_distribution<std::size_t>(0, old->names.size())(random_);
    for (std::size_t i = 0; i < old->names.size(); ++i) {
      const bool kept = cut_ == Cut::Keep || (cut_ == Cut::Tear && i < prefix) || (cut_ == Cut::Shuffle && coin());
      if (kept) replay(left, old->names[i]);
    }
    for (const auto& [name, child] : left) fresh->entries[name] = node(child);
    fresh->durableEntries = fresh->entries;
    return fresh;
  }

 private:
  bool coin() { return (random_() & 1) != 0; }

  std::string content(const FaultNode& file) {
    std::string left = file.durable;
    const auto prefix = std::uniform_int_distribution<std::size_t>(0, file.writes.size())(random_);
    for (std::size_t i = 0; i < file.writes.size(); ++i) {
      const auto& write = file.writes[i];
      if (cut_ == Cut::Keep || (cut_ == Cut::Tear && i < prefix)) replay(left, write);
      if (cut_ == Cut::Tear && i == prefix) {
        const auto sectors = write.data.size() / kSector + 1;
        replay(left, write, 0, std::uniform_int_distribution<std::size_t>(0, sectors)(random_) * kSector);
      }
      if (cut_ != Cut::Shuffle) continue;
      if (write.truncation) {
        if (coin()) replay(left, write);
        continue;
      }
      for (std::uint64_t at = 0; at < write.data.size(); at += kSector)
        if (coin()) replay(left, write, at, at + kSector);
    }
    return left;
  }

  const Cut cut_;
  std::mt19937 random_;
  std::map<const FaultNode*, std::shared_ptr<FaultNode>> done_;
};

std::string kindOf(const std::string& path, bool folder) {
  std::string kind;
  for (const char c : path) {
    if (c < '0' || c > '9') {
      kind += c;
    } else if (kind.empty() || kind.back() != '#') {
      kind += '#';
    }
  }
  return folder ? kind + "/" : kind;
}

}  // namespace

class FaultFile final : public File {
 public:
  FaultFile(FaultEnv& env, std::shared_ptr<FaultNode> node, std::string path)
      : env_(env), node_(std::move(node)), path_(std::move(path)) {}

  ph::Result<std::size_t> read(std::uint64_t offset, void* to, std::size_t size) const override {
    const std::lock_guard guard(env_.mutex_);
    if (auto done = env_.enter("read", path_, false); !done) return done.error();
    if (offset >= node_->live.size()) return std::size_t{0};
    const auto got = std::min<std::uint64_t>(size, node_->live.size() - offset);
    std::memcpy(to, node_->live.data() + offset, got);
    return static_cast<std::size_t>(got);
  }

  // Every second time short of what there is.
  ph::Result<std::size_t> readSome(std::uint64_t offset, void* to, std::size_t size) const override {
    return read(offset, to, ++calls_ % 2 == 0 && size > 1 ? size / 2 : size);
  }

  ph::Status write(std::uint64_t offset, std::string_view data) override {
    const std::lock_guard guard(env_.mutex_);
    auto done = env_.enter("write", path_, true);
    // A write that fails may have done a part.
    Write write{false, offset,
                std::string(done        ? data
                            : env_.off_ ? std::string_view()
                                        : data.substr(0, data.size() / 2))};
    replay(node_->live, write);
    if (!write.data.empty()) node_->writes.push_back(std::move(write));
    return done;
  }

  ph::Status truncate(std::uint64_t size) override {
    const std::lock_guard guard(env_.mutex_);
    if (auto done = env_.enter("truncate", path_, true); !done) return done;
    Write write{true, size, {}};
    replay(node_->live, write);
    node_->writes.push_back(std::move(write));
    return {};
  }

  ph::Status sync() override {
    const std::lock_guard guard(env_.mutex_);
    auto done = env_.enter("sync", path_, true);
    if (!done) {
      if (!env_.off_) node_->writes.clear();  // the pages count as clean now, and never were written
      return done;
    }
    if (!env_.syncing(path_, false)) return {};
    for (const auto& write : node_->writes) replay(node_->durable, write);
    node_->writes.clear();
    return {};
  }

  ph::Result<std::uint64_t> size() const override {
    const std::lock_guard guard(env_.mutex_);
    if (auto done = env_.enter("stat", path_, false); !done) return done.error();
    return static_cast<std::uint64_t>(node_->live.size());
  }

 private:
  mutable std::atomic<unsigned> calls_{0};
  FaultEnv& env_;
  const std::shared_ptr<FaultNode> node_;
  const std::string path_;
};

FaultEnv::FaultEnv() : root_(std::make_shared<FaultNode>(true)) {}
FaultEnv::~FaultEnv() = default;

ph::Status FaultEnv::enter(const char* what, const std::string& path, bool change) {
  if (off_) return ioError(EIO, what, path);
  ++calls_;
  if (change) ++changes_;
  if (cutAt_ != 0 && changes_ >= cutAt_) {
    off_ = true;
    return ioError(EIO, what, path);
  }
  if (failAt_ != 0 && (calls_ == failAt_ || (repeat_ && calls_ > failAt_))) return ioError(failCode_, what, path);
  return {};
}

bool FaultEnv::syncing(std::string path, bool folder) {
  ++syncs_;
  auto kind = kindOf(path, folder);
  const bool ignored = kind == ignored_;
  kinds_.insert(std::move(kind));
  return !ignored;
}

FaultEnv::Node FaultEnv::find(const std::string& path) const {
  Node node = root_;
  for (std::size_t at = 0; at < path.size() && node;) {
    const auto end = std::min(path.find('/', at), path.size());
    if (end > at && path.substr(at, end - at) != ".") {
      const auto it = node->entries.find(path.substr(at, end - at));
      node = it == node->entries.end() ? nullptr : it->second;
    }
    at = end + 1;
  }
  return node;
}

FaultEnv::Node FaultEnv::parent(const std::string& path, std::string& name) const {
  const auto slash = path.rfind('/');
  name = slash == std::string::npos ? path : path.substr(slash + 1);
  return slash == std::string::npos ? root_ : find(path.substr(0, slash));
}

ph::Status FaultEnv::put(const std::string& path, const Node& node) {
  std::string name;
  const auto folder = parent(path, name);
  if (!folder) return ioError(ENOENT, "create", path);
  if (folder->entries.contains(name)) return ioError(EEXIST, "create", path);
  change(*folder, {{name, node}});
  return {};
}

ph::Result<std::unique_ptr<File>> FaultEnv::open(const std::string& path, Open how) {
  const std::lock_guard guard(mutex_);
  auto node = find(path);
  const bool makes = !node && (how == Open::Create || how == Open::CreateNew);
  if (auto done = enter("open", path, makes); !done) return done.error();
  if (node && how == Open::CreateNew) return ioError(EEXIST, "open", path);
  if (node && node->folder) return ioError(EISDIR, "open", path);
  if (makes) {
    node = std::make_shared<FaultNode>(false);
    if (auto done = put(path, node); !done) return done.error();
  }
  if (!node) return ioError(ENOENT, "open", path);
  return std::unique_ptr<File>(std::make_unique<FaultFile>(*this, std::move(node), path));
}

class FaultFolder final : public Folder {
 public:
  FaultFolder(FaultEnv& env, std::shared_ptr<FaultNode> node, std::string path)
      : env_(env), node_(std::move(node)), path_(std::move(path)) {}
  ph::Result<std::unique_ptr<File>> open(const std::string& name) override {
    {
      const std::lock_guard guard(env_.mutex_);
      if (env_.find(path_) != node_) return ioError(ENOENT, "open", path_ + "/" + name);
    }
    return env_.open(path_ + "/" + name, Open::Read);
  }

 private:
  FaultEnv& env_;
  const std::shared_ptr<FaultNode> node_;
  const std::string path_;
};

ph::Result<std::unique_ptr<Folder>> FaultEnv::openFolder(const std::string& path) {
  const std::lock_guard guard(mutex_);
  auto node = find(path);
  if (auto done = enter("open folder", path, false); !done) return done.error();
  if (!node) return ioError(ENOENT, "open folder", path);
  if (!node->folder) return ioError(ENOTDIR, "open folder", path);
  return std::unique_ptr<Folder>(std::make_unique<FaultFolder>(*this, std::move(node), path));
}

ph::Status FaultEnv::link(const std::string& from, const std::string& to) {
  const std::lock_guard guard(mutex_);
  if (auto done = enter("link", to, true); !done) return done;
  const auto node = find(from);
  if (!node) return ioError(ENOENT, "link", from);
  return put(to, node);
}

ph::Status FaultEnv::rename(const std::string& from, const std::string& to) {
  const std::lock_guard guard(mutex_);
  if (auto done = enter("rename", to, true); !done) return done;
  std::string oldName, newName;
  const auto source = parent(from, oldName), target = parent(to, newName);
  const auto node = find(from);
  if (!node || !target) return ioError(ENOENT, "rename", from);
  if (source == target) {
    change(*source, {{oldName, nullptr}, {newName, node}});
  } else {
    change(*target, {{newName, node}});
    change(*source, {{oldName, nullptr}});
  }
  return {};
}

ph::Status FaultEnv::unlink(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (auto done = enter("unlink", path, true); !done) return done;
  std::string name;
  const auto folder = parent(path, name);
  const auto node = find(path);
  if (!node) return ioError(ENOENT, "unlink", path);
  if (node->folder) return ioError(EISDIR, "unlink", path);
  change(*folder, {{name, nullptr}});
  return {};
}

ph::Status FaultEnv::makeFolder(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (auto done = enter("make folder", path, true); !done) return done;
  return put(path, std::make_shared<FaultNode>(true));
}

ph::Status FaultEnv::removeFolder(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (auto done = enter("remove folder", path, true); !done) return done;
  std::string name;
  const auto folder = parent(path, name);
  const auto node = find(path);
  if (!node) return ioError(ENOENT, "remove folder", path);
  if (!node->entries.empty()) return ioError(ENOTEMPTY, "remove folder", path);
  change(*folder, {{name, nullptr}});
  return {};
}

ph::Status FaultEnv::syncFolder(const std::string& path) {
  const std::lock_guard guard(mutex_);
  auto done = enter("sync folder", path, true);
  const auto node = find(path);
  if (!done) {
    if (!off_ && node) node->names.clear();
    return done;
  }
  if (!node) return ioError(ENOENT, "sync folder", path);
  if (!syncing(path, true)) return {};
  for (const auto& names : node->names) replay(node->durableEntries, names);
  node->names.clear();
  return {};
}

ph::Result<std::vector<std::string>> FaultEnv::list(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (auto done = enter("list", path, false); !done) return done.error();
  const auto node = find(path);
  if (!node) return ioError(ENOENT, "list", path);
  std::vector<std::string> names;
  for (const auto& [name, child] : node->entries) names.push_back(name);
  return names;
}

ph::Result<Info> FaultEnv::info(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (auto done = enter("stat", path, false); !done) return done.error();
  const auto node = find(path);
  if (!node) return ioError(ENOENT, "stat", path);
  return Info{node->folder, node->live.size()};
}

ph::Result<Space> FaultEnv::space(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (auto done = enter("statvfs", path, false); !done) return done.error();
  return space_;
}

unsigned FaultEnv::calls() const {
  const std::lock_guard guard(mutex_);
  return calls_;
}

unsigned FaultEnv::changes() const {
  const std::lock_guard guard(mutex_);
  return changes_;
}

unsigned FaultEnv::syncs() const {
  const std::lock_guard guard(mutex_);
  return syncs_;
}

void FaultEnv::cutAt(unsigned n) {
  const std::lock_guard guard(mutex_);
  cutAt_ = n == 0 ? 0 : changes_ + n;
}

bool FaultEnv::isOff() const {
  const std::lock_guard guard(mutex_);
  return off_;
}

std::shared_ptr<FaultNode> FaultEnv::disk() const {
  const std::lock_guard guard(mutex_);
  return root_;
}

void FaultEnv::powerCut(Cut cut, unsigned seed) {
  powerCut(disk(), cut, seed);
}

void FaultEnv::powerCut(const std::shared_ptr<FaultNode>& disk, Cut cut, unsigned seed) {
  const std::lock_guard guard(mutex_);
  root_ = Settle(cut, seed).node(disk);
  off_ = repeat_ = false;
  cutAt_ = failAt_ = calls_ = changes_ = syncs_ = 0;
}

void FaultEnv::failAt(unsigned n, int code, bool repeat) {
  const std::lock_guard guard(mutex_);
  failAt_ = calls_ + n;
  failCode_ = code;
  repeat_ = repeat;
}

void FaultEnv::heal() {
  const std::lock_guard guard(mutex_);
  failAt_ = 0;
  repeat_ = false;
}

std::set<std::string> FaultEnv::syncKinds() const {
  const std::lock_guard guard(mutex_);
  return kinds_;
}

void FaultEnv::ignoreSyncs(const std::string& kind) {
  const std::lock_guard guard(mutex_);
  ignored_ = kind;
}

void FaultEnv::setSpace(Space space) {
  const std::lock_guard guard(mutex_);
  space_ = space;
}

void FaultEnv::damage(const std::string& path, const std::function<void(std::string&)>& change) {
  const std::lock_guard guard(mutex_);
  if (const auto node = find(path)) {
    change(node->live);
    node->durable = node->live;
    node->writes.clear();
  }
}

}  // namespace posthouse::env
