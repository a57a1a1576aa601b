// The SQLite VFS over an Env, see vfs.hpp. Connections of one file share one open File, found by path.
#include "db/vfs.hpp"

#include <sqlite3.h>

#include <atomic>
#include <cstring>
#include <map>
#include <mutex>

#include "db/joined_file.hpp"
#include "db/vfs_locks.hpp"

namespace posthouse::db {

// One open file, whatever the number of connections.
struct SharedFile {
  std::string path;
  std::unique_ptr<env::File> file;
  FileLocks locks;
  std::atomic<bool> nameUnsynced{false};
};

class VfsState {
 public:
  explicit VfsState(env::Env& e) : env(e) {}

  env::Env& env;
  std::string name;
  sqlite3_vfs vfs{};
  std::mutex mutex;
  std::map<std::string, std::weak_ptr<SharedFile>> files;
};

namespace {

struct Handle {
  sqlite3_file base;
  VfsState* state;
  std::shared_ptr<SharedFile>* shared;
  FileLocks::Holder* holder;
  bool mapped;
};

Handle& handle(sqlite3_file* file) {
  return *reinterpret_cast<Handle*>(file);
}
SharedFile& shared(sqlite3_file* file) {
  return **handle(file).shared;
}
VfsState& state(sqlite3_vfs* vfs) {
  return *static_cast<VfsState*>(vfs->pAppData);
}

int failure(const ph::Error& error, int code) {
  return error.kind == ph::Kind::Limit ? SQLITE_FULL : code;
}

int shmUnmap(sqlite3_file* file, int) {
  auto& h = handle(file);
  if (h.mapped) shared(file).locks.leave();
  h.mapped = false;
  return SQLITE_OK;
}

int closeFile(sqlite3_file* file) {
  auto& h = handle(file);
  shmUnmap(file, 0);
  (*h.shared)->locks.unlock(*h.holder, SQLITE_LOCK_NONE);
  {
    const std::lock_guard guard(h.state->mutex);
    const std::string path = (*h.shared)->path;
    delete h.shared;
    const auto it = h.state->files.find(path);
    if (it != h.state->files.end() && it->second.expired()) h.state->files.erase(it);
  }
  delete h.holder;
  return SQLITE_OK;
}

int readFile(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  const auto got = shared(file).file->read(static_cast<std::uint64_t>(offset), to, static_cast<std::size_t>(size));
  if (!got) return SQLITE_IOERR_READ;
  if (*got == static_cast<std::size_t>(size)) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + *got, 0, static_cast<std::size_t>(size) - *got);
  return SQLITE_IOERR_SHORT_READ;
}

int writeFile(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  const auto done = shared(file).file->write(static_cast<std::uint64_t>(offset),
                                             {static_cast<const char*>(from), static_cast<std::size_t>(size)});
  return done ? SQLITE_OK : failure(done.error(), SQLITE_IOERR_WRITE);
}

int truncateFile(sqlite3_file* file, sqlite3_int64 size) {
  return shared(file).file->truncate(static_cast<std::uint64_t>(size)) ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int syncFile(sqlite3_file* file, int) {
  auto& s = shared(file);
  if (const auto done = s.file->sync(); !done) return failure(done.error(), SQLITE_IOERR_FSYNC);
  if (s.nameUnsynced.exchange(false) && !handle(file).state->env.syncFolder(env::folderOf(s.path))) {
    s.nameUnsynced = true;
    return SQLITE_IOERR_DIR_FSYNC;
  }
  return SQLITE_OK;
}

int fileSize(sqlite3_file* file, sqlite3_int64* size) {
  const auto got = shared(file).file->size();
  if (!got) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(*got);
  return SQLITE_OK;
}

int lockFile(sqlite3_file* file, int level) {
  return shared(file).locks.lock(*handle(file).holder, level);
}

int unlockFile(sqlite3_file* file, int level) {
  shared(file).locks.unlock(*handle(file).holder, level);
  return SQLITE_OK;
}

int checkReserved(sqlite3_file* file, int* out) {
  *out = shared(file).locks.reserved() ? 1 : 0;
  return SQLITE_OK;
}

int fileControl(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}
int sectorSize(sqlite3_file*) {
  return 4096;
}
// As SQLite's own unix VFS: a torn write never damages bytes beside it.
int characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int shmMap(sqlite3_file* file, int index, int size, int extend, void volatile** out) {
  auto& h = handle(file);
  if (!h.mapped) shared(file).locks.join();
  h.mapped = true;
  *out = shared(file).locks.region(index, size, extend != 0);
  return SQLITE_OK;
}

int shmLock(sqlite3_file* file, int first, int count, int flags) {
  auto& locks = shared(file).locks;
  auto& holder = *handle(file).holder;
  if (flags & SQLITE_SHM_LOCK) return locks.lockSlots(holder, first, count, (flags & SQLITE_SHM_EXCLUSIVE) != 0);
  locks.unlockSlots(holder, first, count);
  return SQLITE_OK;
}

void shmBarrier(sqlite3_file*) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

constexpr sqlite3_io_methods kMethods = {2,           closeFile,  readFile,        writeFile,  truncateFile,
                                         syncFile,    fileSize,   lockFile,        unlockFile, checkReserved,
                                         fileControl, sectorSize, characteristics, shmMap,     shmLock,
                                         shmBarrier,  shmUnmap,   nullptr,         nullptr};

int openFile(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* outFlags) {
  file->pMethods = nullptr;
  if (path == nullptr || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0) return SQLITE_CANTOPEN;  // temp_store is MEMORY
  auto& s = state(vfs);
  const std::lock_guard guard(s.mutex);
  auto& slot = s.files[path];
  auto open = slot.lock();
  if (!open) {
    open = std::make_shared<SharedFile>();
    open->path = path;
    auto got = s.env.open(path, flags & SQLITE_OPEN_READONLY ? env::Open::Read : env::Open::ReadWrite);
    if (!got && got.error().kind == ph::Kind::NotFound && (flags & SQLITE_OPEN_CREATE) != 0) {
      got = s.env.open(path, env::Open::CreateNew);
    }
    // Also for one that was there: whoever made it may have died before the sync.
    open->nameUnsynced = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
    if (!got) {
      s.files.erase(path);
      return failure(got.error(), SQLITE_CANTOPEN);
    }
    open->file = std::move(*got);
    if ((flags & SQLITE_OPEN_WAL) != 0) open->file = std::make_unique<JoinedFile>(std::move(open->file));
    slot = open;
  }
  auto& h = handle(file);
  h.state = &s;
  h.shared = new std::shared_ptr<SharedFile>(std::move(open));
  h.holder = new FileLocks::Holder;
  h.mapped = false;
  h.base.pMethods = &kMethods;
  if (outFlags != nullptr) *outFlags = flags;
  return SQLITE_OK;
}

int deleteFile(sqlite3_vfs* vfs, const char* path, int syncFolder) {
  auto& env = state(vfs).env;
  if (const auto done = env.unlink(path); !done)
    return done.error().kind == ph::Kind::NotFound ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
  if (syncFolder != 0 && !env.syncFolder(env::folderOf(path))) return SQLITE_IOERR_DIR_FSYNC;
  return SQLITE_OK;
}

int accessFile(sqlite3_vfs* vfs, const char* path, int, int* out) {
  const auto info = state(vfs).env.info(path);
  if (!info && info.error().kind != ph::Kind::NotFound) return SQLITE_IOERR_ACCESS;
  *out = info.ok() ? 1 : 0;
  return SQLITE_OK;
}

int fullPath(sqlite3_vfs*, const char* path, int size, char* out) {
  if (std::strlen(path) >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::strcpy(out, path);
  return SQLITE_OK;
}

sqlite3_vfs* system() {
  return sqlite3_vfs_find(nullptr);
}
int randomness(sqlite3_vfs*, int size, char* out) {
  return system()->xRandomness(system(), size, out);
}
int sleepFor(sqlite3_vfs*, int us) {
  return system()->xSleep(system(), us);
}
int currentTime(sqlite3_vfs*, double* out) {
  return system()->xCurrentTime(system(), out);
}
int currentTime64(sqlite3_vfs*, sqlite3_int64* out) {
  return system()->xCurrentTimeInt64(system(), out);
}
int lastError(sqlite3_vfs*, int, char*) {
  return 0;
}

}  // namespace

Vfs::Vfs(env::Env& env) : state_(std::make_unique<VfsState>(env)) {
  static std::atomic<unsigned> serial{0};
  state_->name = "posthouse-" + std::to_string(++serial);
  auto& vfs = state_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = 4096;
  vfs.zName = state_->name.c_str();
  vfs.pAppData = state_.get();
  vfs.xOpen = openFile;
  vfs.xDelete = deleteFile;
  vfs.xAccess = accessFile;
  vfs.xFullPathname = fullPath;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleepFor;
  vfs.xCurrentTime = currentTime;
  vfs.xCurrentTimeInt64 = currentTime64;
  vfs.xGetLastError = lastError;
  sqlite3_vfs_register(&vfs, 0);
}

Vfs::~Vfs() {
  sqlite3_vfs_unregister(&state_->vfs);
}

const char* Vfs::name() const {
  return state_->name.c_str();
}
env::Env& Vfs::env() const {
  return state_->env;
}

}  // namespace posthouse::db
