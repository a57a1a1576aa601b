// zip and tgz, through libarchive. A file whose size is not known yet is gathered in a temporary file first, as tar
// needs its size before its bytes.
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/descriptor.hpp"
#include "transfer/outputs.hpp"
#include "transfer/utf8_locale.hpp"

namespace posthouse::transfer {
namespace {

struct FreeArchive {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct FreeEntry {
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};
struct CloseFile {
  void operator()(std::FILE* f) const { std::fclose(f); }
};

class ArchiveOutput final : public Output {
 public:
  ArchiveOutput(std::string path, bool zip) : path_(std::move(path)), archive_(archive_write_new()) {
    if (zip) {
      archive_write_set_format_zip(archive_.get());
    } else {
      archive_write_set_format_pax_restricted(archive_.get());
      archive_write_add_filter_gzip(archive_.get());
    }
  }
  ~ArchiveOutput() override {
    archive_.reset();
    if (fd_ && !finished_) ::unlink(path_.c_str());
  }

  ph::Status open() {
    fd_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd_) {
      const int error = errno;
      return ph::Error{error == EEXIST ? ph::Kind::Conflict : ph::Kind::Temporary, path_ + ": " + std::strerror(error)};
    }
    return archive_write_open_fd(archive_.get(), fd_.get()) == ARCHIVE_OK ? ph::Status() : failed();
  }

  ph::Status begin(const std::string& path, std::int64_t modified) override {
    if (auto done = endGathered(); !done) return done;
    gathered_.reset(std::tmpfile());
    if (!gathered_) return ph::Error{ph::Kind::Temporary, std::string("temporary file: ") + std::strerror(errno)};
    name_ = path;
    modified_ = modified;
    return {};
  }
  ph::Status write(std::string_view bytes) override {
    if (std::fwrite(bytes.data(), 1, bytes.size(), gathered_.get()) == bytes.size()) return {};
    return ph::Error{ph::Kind::Temporary, std::string("temporary file: ") + std::strerror(errno)};
  }
  ph::Status file(const std::string& path, std::string_view bytes, std::int64_t modified) override {
    if (auto done = endGathered(); !done) return done;
    if (auto done = header(path, static_cast<la_int64_t>(bytes.size()), modified, AE_IFREG); !done) return done;
    return data(bytes);
  }
  ph::Status folder(const std::string& path) override {
    if (auto done = endGathered(); !done) return done;
    return header(path + "/", 0, 0, AE_IFDIR);
  }
  ph::Status finish() override {
    if (auto done = endGathered(); !done) return done;
    if (archive_write_close(archive_.get()) != ARCHIVE_OK) return failed();
    if (::fsync(fd_.get()) != 0) return ph::Error{ph::Kind::Temporary, path_ + ": " + std::strerror(errno)};
    finished_ = true;
    return {};
  }

 private:
  ph::Error failed() const {
    const char* why = archive_error_string(archive_.get());
    return {ph::Kind::Temporary, path_ + ": " + (why ? why : "cannot be written")};
  }

  ph::Status header(const std::string& path, la_int64_t size, std::int64_t modified, unsigned type) {
    const Utf8Locale locale;
    const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_set_pathname_utf8(entry.get(), path.c_str());
    archive_entry_set_size(entry.get(), size);
    archive_entry_set_filetype(entry.get(), type);
    archive_entry_set_perm(entry.get(), type == AE_IFDIR ? 0700 : 0600);
    archive_entry_set_mtime(entry.get(), modified, 0);
    return archive_write_header(archive_.get(), entry.get()) >= ARCHIVE_WARN ? ph::Status() : failed();
  }

  ph::Status data(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = archive_write_data(archive_.get(), bytes.data(), bytes.size());
      if (n <= 0) return failed();
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
  }

  ph::Status endGathered() {
    if (!gathered_) return {};
    const auto file = std::move(gathered_);
    const long size = std::ftell(file.get());
    std::rewind(file.get());
    if (auto done = header(name_, size, modified_, AE_IFREG); !done) return done;
    std::string piece(64 * 1024, '\0');
    for (long left = size; left > 0;) {
      const auto n = std::fread(piece.data(), 1, piece.size(), file.get());
      if (n == 0) return ph::Error{ph::Kind::Temporary, "temporary file: cannot be read"};
      if (auto done = data(std::string_view(piece).substr(0, n)); !done) return done;
      left -= static_cast<long>(n);
    }
    return {};
  }

  const std::string path_;
  Descriptor fd_;
  std::unique_ptr<archive, FreeArchive> archive_;
  std::unique_ptr<std::FILE, CloseFile> gathered_;
  std::string name_;
  std::int64_t modified_ = 0;
  bool finished_ = false;
};

}  // namespace

ph::Result<std::unique_ptr<Output>> archiveOutput(const std::string& path, bool zip) {
  auto output = std::make_unique<ArchiveOutput>(path, zip);
  if (auto done = output->open(); !done) return done.error();
  return std::unique_ptr<Output>(std::move(output));
}

}  // namespace posthouse::transfer
