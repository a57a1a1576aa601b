// FaultEnv: an Env in memory for tests that knows what a power cut would leave.
// Models: bytes, truncations and names that were not synced, each lost, kept, torn or reordered on its own; a failed
// sync drops what it should have written, and later syncs do not write it either (as Linux does).
// Threads: any. Files opened before a power cut stay usable but reach nothing.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "env/env.hpp"

namespace posthouse::env {

// What became of everything that was not synced when the power failed.
enum class Cut {
  Drop,     // nothing reached the disk
  Keep,     // everything did (as when only the process dies)
  Tear,     // a prefix of each file's writes did, the last one in part
  Shuffle,  // any sectors and any names did
};

struct FaultNode;

class FaultEnv final : public Env {
 public:
  FaultEnv();
  ~FaultEnv() override;

  ph::Result<std::unique_ptr<File>> open(const std::string& path, Open how) override;
  ph::Result<std::unique_ptr<Folder>> openFolder(const std::string& path) override;
  ph::Status link(const std::string& from, const std::string& to) override;
  ph::Status rename(const std::string& from, const std::string& to) override;
  ph::Status unlink(const std::string& path) override;
  ph::Status makeFolder(const std::string& path) override;
  ph::Status removeFolder(const std::string& path) override;
  ph::Status syncFolder(const std::string& path) override;
  ph::Result<std::vector<std::string>> list(const std::string& path) override;
  ph::Result<Info> info(const std::string& path) override;
  ph::Result<Space> space(const std::string& path) override;

  // Calls made so far: all, and those that change or sync something.
  unsigned calls() const;
  unsigned changes() const;
  unsigned syncs() const;

  // From the n-th change on (1: the next one) everything fails: the power is off.
  void cutAt(unsigned n);
  bool isOff() const;
  // Lets the disk settle and switches the power on again. Forgets cutAt, failAt and the counters.
  void powerCut(Cut cut, unsigned seed);
  // The disk as it is, to try several cuts on; powerCut leaves it untouched. Nothing may write meanwhile.
  std::shared_ptr<FaultNode> disk() const;
  void powerCut(const std::shared_ptr<FaultNode>& disk, Cut cut, unsigned seed);

  // The n-th call from now fails with this errno; `repeat`: and all that follow, until heal().
  void failAt(unsigned n, int code, bool repeat);
  void heal();

  // Kinds of syncs: the path with every number written as #, "/" at the end for a folder.
  std::set<std::string> syncKinds() const;
  // Syncs of this kind succeed without doing anything. "": none.
  void ignoreSyncs(const std::string& kind);

  void setSpace(Space space);
  // Damage: changes the bytes of a file at once and durably.
  void damage(const std::string& path, const std::function<void(std::string&)>& change);

 private:
  friend class FaultFile;
  friend class FaultFolder;
  using Node = std::shared_ptr<FaultNode>;
  // Counts the call; the error it must fail with.
  ph::Status enter(const char* what, const std::string& path, bool change);
  bool syncing(std::string path, bool folder);
  Node find(const std::string& path) const;
  Node parent(const std::string& path, std::string& name) const;
  ph::Status put(const std::string& path, const Node& node);

  mutable std::mutex mutex_;
  Node root_;
  unsigned calls_ = 0, changes_ = 0, syncs_ = 0;
  unsigned cutAt_ = 0, failAt_ = 0;
  bool off_ = false, repeat_ = false;
  int failCode_ = 0;
  std::set<std::string> kinds_;
  std::string ignored_;
  Space space_{1ULL << 40, 1ULL << 40};
};

}  // namespace posthouse::env
