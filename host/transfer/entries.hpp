// Files of a folder or an archive, one after the other.
// Guarantees: nothing is unpacked to the disk and no path of an archive is ever opened; an entry that cannot be read is
// said and the next one follows. Threads: one. Formats: folder; zip, tar and tar with any compression (libarchive).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::transfer {

struct Entry {
  std::string path;  // relative, '/'
  std::int64_t modified = 0;
  std::uint64_t size = 0;  // 0: maybe unknown
};

class Entries {
 public:
  virtual ~Entries() = default;
  // False: no more. Permanent: the archive ends here, as it is damaged.
  virtual ph::Result<bool> next(Entry& entry) = 0;
  // Of the entry that next() gave; 0: its end.
  virtual ph::Result<std::size_t> read(char* to, std::size_t size) = 0;
  // The whole entry; Limit: it is longer.
  ph::Result<std::string> readAll(std::size_t most);
  // How far it is, in bytes of the source; of all, 0: not known.
  virtual std::uint64_t position() const { return 0; }
  // One file, by itself.
  virtual bool single() const { return false; }
};

// A folder's files in the order of their paths, or one file alone (its path is its name). `descend`: whether to look
// into this folder ("Work/cur/"); none: into all.
using Descend = std::function<bool(const std::string& folder)>;
ph::Result<std::unique_ptr<Entries>> openFolder(const std::string& path, Descend descend = {});
// A file, or with "-" the standard input.
ph::Result<std::unique_ptr<Entries>> openArchive(const std::string& path);
// By what is there: a folder, an archive by its first bytes, or a plain file.
ph::Result<std::unique_ptr<Entries>> openEntries(const std::string& path);

}  // namespace posthouse::transfer
