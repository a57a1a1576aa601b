#include "queue/spool.hpp"

#include <algorithm>
#include <cstdlib>

#include "queue/spool_file.hpp"

namespace posthouse::queue {
namespace {

constexpr std::string_view kPartial = ".new";
constexpr std::string_view kSpare = ".spare";
constexpr size_t kMostSpares = 4096;
constexpr size_t kMaxEnvelope = 16 * 1024 * 1024;
constexpr size_t kPiece = 256 * 1024;

// The spool file's first line; Invalid when there is none.
ph::Result<std::string> readEnvelopeLine(const env::File& file) {
  std::string line;
  std::string piece(16 * 1024, '\0');
  while (line.size() < kMaxEnvelope) {
    const auto n = file.read(line.size(), piece.data(), piece.size());
    if (!n) return n.error();
    const std::string_view got(piece.data(), *n);
    const size_t end = got.find('\n');
    line.append(got.substr(0, end));
    if (end != std::string_view::npos) return line;
    if (*n < piece.size()) break;
  }
  return ph::Error{ph::Kind::Invalid, "no envelope"};
}

ph::Status copy(const mail::Message& message, env::File& file, uint64_t at) {
  std::string piece(kPiece, '\0');
  for (uint64_t offset = 0;;) {
    size_t n = 0;
    if (message.read(offset, piece.data(), piece.size(), &n) != PH_OK)
      return ph::Error{ph::Kind::Temporary, "the message could not be read"};
    if (n == 0) return {};
    if (auto s = file.write(at + offset, std::string_view(piece).substr(0, n)); !s) return s;
    offset += n;
  }
}

}  // namespace

Spool::Spool(env::Env& env, std::string folder) : env_(env), folder_(std::move(folder)) {}

ph::Result<std::vector<std::string>> Spool::open() {
  if (auto s = env::ensureFolder(env_, folder_); !s) return s.error();
  auto names = env_.list(folder_);
  if (!names) return names.error();
  std::vector<std::string> out;
  std::vector<std::string> spares;
  out.reserve(names->size());
  for (auto& name : *names) {
    if (name.starts_with(kDatabase)) continue;
    if (name.ends_with(kSpare)) {
      spares.push_back(path(name));
      lastSpare_ = std::max<uint64_t>(lastSpare_, std::strtoull(name.c_str(), nullptr, 10));
    } else if (!name.ends_with(kPartial)) {
      out.push_back(std::move(name));
    } else if (auto s = env_.unlink(path(name)); !s) {
      return s.error();
    }
  }
  // Their names may not be durable yet.
  if (!spares.empty() && env_.syncFolder(folder_)) spares_ = std::move(spares);
  std::sort(out.begin(), out.end());
  return out;
}

ph::Status Spool::write(const Envelope& envelope, const std::string& headers, const mail::Message& message, bool keep) {
  const std::string name = path(envelope.id);
  const auto spare = takeSpare();
  const std::string next = spare ? *spare : name + std::string(kPartial);
  ph::Status s;
  {
    auto file = env_.open(next, env::Open::Create);
    if (!file) return file.error();
    const std::string head = encodeEnvelope(envelope) + headers;
    s = (*file)->truncate(0);  // one of a crash may hold something
    if (s) s = (*file)->write(0, head);
    if (s) s = copy(message, **file, head.size());
    if (s) s = (*file)->sync();
  }
  if (s) s = env_.rename(next, name);
  if (s) s = sync();
  if (!s) {
    // Refused means refused: what may have reached the disk must not be delivered later.
    (void)env_.unlink(next);
    if (!keep) (void)env_.unlink(name);
  }
  return s;
}

ph::Status Spool::sync() {
  std::unique_lock lock(mutex_);
  if (!forming_) forming_ = std::make_shared<Batch>();
  const auto mine = forming_;
  mine->changed.wait(lock, [&] { return mine->done || (!syncing_ && mine == forming_); });
  if (mine->done) return mine->status;
  // Nobody syncs, so the batch that forms is ours: whoever comes from here on needs the next.
  forming_.reset();
  mine->emptied.swap(emptied_);
  syncing_ = true;
  lock.unlock();
  auto status = env_.syncFolder(folder_);
  lock.lock();
  syncing_ = false;
  auto& emptied = status ? spares_ : emptied_;
  emptied.insert(emptied.end(), mine->emptied.begin(), mine->emptied.end());
  mine->status = std::move(status);
  mine->done = true;
  mine->changed.notify_all();
  if (forming_) forming_->changed.notify_one();  // its turn
  return mine->status;
}

ph::Result<Envelope> Spool::envelope(const std::string& id, uint64_t* offset) const {
  const auto file = env_.open(path(id), env::Open::Read);
  if (!file) return file.error();
  const auto line = readEnvelopeLine(**file);
  if (!line) return line.error();
  auto envelope = decodeEnvelope(*line);
  if (envelope && envelope->id != id) return ph::Error{ph::Kind::Invalid, "it says it is " + envelope->id};
  *offset = line->size() + 1;
  return envelope;
}

ph::Result<mail::MessageRef> Spool::message(const std::string& id, uint64_t offset) const {
  {
    std::lock_guard lock(readers_->mutex);
    ++readers_->open[id];
  }
  const auto closed = [readers = readers_, id](env::File* file) {
    delete file;
    std::lock_guard lock(readers->mutex);
    if (const auto i = readers->open.find(id); --i->second == 0) readers->open.erase(i);
  };
  auto opened = env_.open(path(id), env::Open::Read);
  std::shared_ptr<env::File> file(opened ? opened->release() : nullptr, closed);
  if (!opened) return opened.error();
  const auto size = file->size();
  if (!size) return size.error();
  if (*size < offset) return ph::Error{ph::Kind::Invalid, "the spool file is too short"};
  return mail::MessageRef(mail::newFileMessage(std::move(file), offset, *size - offset));
}

std::optional<std::string> Spool::takeSpare() {
  std::lock_guard lock(mutex_);
  if (spares_.empty()) return {};
  auto name = std::move(spares_.back());
  spares_.pop_back();
  return name;
}

bool Spool::recycle(const std::string& id) {
  std::string spare;
  {
    std::lock_guard lock(mutex_);
    if (spares_.size() + emptied_.size() >= kMostSpares) return false;
    spare = path(std::to_string(++lastSpare_) + std::string(kSpare));
  }
  {
    // Renamed in here: who opens it by its name from now on finds nothing.
    std::lock_guard lock(readers_->mutex);
    if (readers_->open.contains(id) || !env_.rename(path(id), spare)) return false;
  }
  ph::Status s;
  {
    auto file = env_.open(spare, env::Open::ReadWrite);
    s = file ? (*file)->truncate(0) : file.error();
  }
  if (!s) {
    (void)env_.unlink(spare);
    return true;
  }
  std::lock_guard lock(mutex_);
  emptied_.push_back(std::move(spare));
  return true;
}

ph::Status Spool::remove(const std::string& id) {
  if (recycle(id)) return {};
  const auto s = env_.unlink(path(id));
  return !s && s.error().kind == ph::Kind::NotFound ? ph::Status{} : s;
}

}  // namespace posthouse::queue
