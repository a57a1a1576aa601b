// Where an export goes: a folder, a zip or tgz file, or one stream.
// Guarantees: finish() succeeded means that all is on the disk; an archive that was not finished is removed; no file
// that is there is written over. Threads: one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace posthouse::transfer {

class Output {
 public:
  virtual ~Output() = default;
  // A file that grows; ended by the next one.
  virtual ph::Status begin(const std::string& path, std::int64_t modified) = 0;
  virtual ph::Status write(std::string_view bytes) = 0;
  // A file in one piece.
  virtual ph::Status file(const std::string& path, std::string_view bytes, std::int64_t modified) = 0;
  virtual ph::Status folder(const std::string& path) = 0;
  virtual ph::Status finish() = 0;
};

// "-": the standard output, files one after the other; *.zip, *.tgz, *.tar.gz; else a folder, which is made.
// Conflict: a file is there.
ph::Result<std::unique_ptr<Output>> openOutput(const std::string& path);
std::unique_ptr<Output> streamOutput(int descriptor);
ph::Result<std::unique_ptr<Output>> folderOutput(const std::string& path);
ph::Result<std::unique_ptr<Output>> archiveOutput(const std::string& path, bool zip);

}  // namespace posthouse::transfer
