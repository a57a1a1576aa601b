// Env: all file work of the process behind one interface.
// Guarantees: nothing here retries or hides an error; `sync` returns only when the bytes are on stable storage.
// Threads: an Env is used by many threads at once; a File too (reads and writes name their offset).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::env {

enum class Open {
  Read,       // must exist
  ReadWrite,  // must exist
  Create,     // read and write, made when missing
  CreateNew,  // read and write, Conflict when it exists
};

class File {
 public:
  virtual ~File() = default;
  // Reads up to `size` bytes; fewer only at the end of the file.
  virtual ph::Result<std::size_t> read(std::uint64_t offset, void* to, std::size_t size) const = 0;
  // The same in one call to the system: fewer bytes may also mean that there are more.
  virtual ph::Result<std::size_t> readSome(std::uint64_t offset, void* to, std::size_t size) const {
    return read(offset, to, size);
  }
  // Writes everything or fails; after a failure any part may have been written.
  virtual ph::Status write(std::uint64_t offset, std::string_view data) = 0;
  virtual ph::Status truncate(std::uint64_t size) = 0;
  // A sync comes soon: begin with it, without waiting. A hint.
  virtual void startSync() {}
  // Content and size are durable after success. A failure is final: what was not synced is lost for good, and
  // calling again proves nothing. The name of a new file needs Env::syncFolder.
  virtual ph::Status sync() = 0;
  virtual ph::Result<std::uint64_t> size() const = 0;
  // For sendfile; -1 when there is none.
  virtual int descriptor() const { return -1; }
};

// A folder that is held open: its files are reached without walking the path to it, as long as it exists.
class Folder {
 public:
  virtual ~Folder() = default;
  // For reading. NotFound also when the folder was removed, whatever its path names now.
  virtual ph::Result<std::unique_ptr<File>> open(const std::string& name) = 0;
};

struct Info {
  bool folder = false;
  std::uint64_t size = 0;
};

struct Space {
  std::uint64_t free = 0;   // bytes an ordinary user may still write
  std::uint64_t total = 0;  // bytes of the file system
};

// Errors: NotFound (ENOENT), Conflict (EEXIST, ENOTEMPTY), Limit (ENOSPC, EDQUOT), Temporary (everything else).
class Env {
 public:
  virtual ~Env() = default;
  // Files are made with mode 0600, folders with 0700.
  virtual ph::Result<std::unique_ptr<File>> open(const std::string& path, Open how) = 0;
  virtual ph::Result<std::unique_ptr<Folder>> openFolder(const std::string& path) = 0;
  // A second name for a file; never replaces one.
  virtual ph::Status link(const std::string& from, const std::string& to) = 0;
  // Replaces an existing file in one step.
  virtual ph::Status rename(const std::string& from, const std::string& to) = 0;
  virtual ph::Status unlink(const std::string& path) = 0;
  virtual ph::Status makeFolder(const std::string& path) = 0;
  virtual ph::Status removeFolder(const std::string& path) = 0;
  // The names in this folder are durable after success.
  virtual ph::Status syncFolder(const std::string& path) = 0;
  virtual ph::Result<std::vector<std::string>> list(const std::string& path) = 0;
  virtual ph::Result<Info> info(const std::string& path) = 0;
  virtual ph::Result<Space> space(const std::string& path) = 0;
};

// The real one. Lives as long as the process.
Env& posix();

// The Error for an errno value; `what` is the call, for people.
ph::Error ioError(int code, std::string_view what, std::string_view path);

// The folder part of a path ("a/b/c" -> "a/b").
std::string folderOf(const std::string& path);

// makeFolder that accepts an existing one; its name is durable after success. An empty one is made anew, because the
// sync of its name may have failed earlier. One thread at a time for a path.
ph::Status ensureFolder(Env& env, const std::string& path);

// Removes a file or a folder with all it holds; a missing one is fine.
ph::Status removeTree(Env& env, const std::string& path);

}  // namespace posthouse::env
