// Archives, through libarchive; see entries.hpp.
#include <archive.h>
#include <archive_entry.h>

#include "transfer/entries.hpp"
#include "transfer/utf8_locale.hpp"

namespace posthouse::transfer {
namespace {

struct Free {
  void operator()(archive* a) const { archive_read_free(a); }
};

class ArchiveEntries final : public Entries {
 public:
  explicit ArchiveEntries(std::string path) : path_(std::move(path)), archive_(archive_read_new()) {
    archive_read_support_filter_all(archive_.get());
    archive_read_support_format_zip(archive_.get());
    archive_read_support_format_tar(archive_.get());
    archive_read_support_format_raw(archive_.get());  // one compressed file
  }

  ph::Status begin() {
    constexpr std::size_t kBlock = 128 * 1024;
    const char* const name = path_ == "-" ? nullptr : path_.c_str();
    return archive_read_open_filename(archive_.get(), name, kBlock) == ARCHIVE_OK ? ph::Status() : failed();
  }

  ph::Result<bool> next(Entry& entry) override {
    const Utf8Locale locale;
    for (;;) {
      archive_entry* found = nullptr;
      const int result = archive_read_next_header(archive_.get(), &found);
      if (result == ARCHIVE_EOF) return false;
      if (result == ARCHIVE_RETRY) continue;
      if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return failed();
      if (archive_entry_filetype(found) != AE_IFREG && archive_entry_filetype(found) != 0) continue;
      const char* name = archive_entry_pathname_utf8(found);
      if (!name) name = archive_entry_pathname(found);
      entry = {name ? name : "", static_cast<std::int64_t>(archive_entry_mtime(found)),
               archive_entry_size_is_set(found) ? static_cast<std::uint64_t>(archive_entry_size(found)) : 0};
      while (entry.path.starts_with("./")) entry.path.erase(0, 2);
      if (entry.path == "data" && archive_format(archive_.get()) == ARCHIVE_FORMAT_RAW) entry.path = "INBOX";
      return true;
    }
  }

  ph::Result<std::size_t> read(char* to, std::size_t size) override {
    for (;;) {
      const la_ssize_t n = archive_read_data(archive_.get(), to, size);
      if (n == ARCHIVE_RETRY) continue;
      if (n < 0) return failed();
      return static_cast<std::size_t>(n);
    }
  }

  std::uint64_t position() const override {
    const auto n = archive_filter_bytes(archive_.get(), -1);
    return n > 0 ? static_cast<std::uint64_t>(n) : 0;
  }

 private:
  ph::Error failed() const {
    const char* why = archive_error_string(archive_.get());
    return {ph::Kind::Permanent, (path_ == "-" ? "standard input" : path_) + ": " + (why ? why : "cannot be read")};
  }

  const std::string path_;
  const std::unique_ptr<archive, Free> archive_;
};

}  // namespace

ph::Result<std::unique_ptr<Entries>> openArchive(const std::string& path) {
  auto entries = std::make_unique<ArchiveEntries>(path);
  if (auto done = entries->begin(); !done) return done.error();
  return std::unique_ptr<Entries>(std::move(entries));
}

}  // namespace posthouse::transfer
