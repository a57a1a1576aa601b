// JoinedFile: joins writes that follow each other into one, until something else is asked.
// Guarantees: reads and sizes show every write; `sync` covers them all. A write may fail as late as at that moment;
// then everything fails until the next write, which begins anew. Threads: any; one writes at a time. Readers of other
// ranges neither wait nor cause a write.
#pragma once

#include <mutex>
#include <string>

#include "env/env.hpp"

namespace posthouse::db {

// SQLite writes each WAL frame in two pieces, several frames per commit, and syncs them together.
class JoinedFile final : public env::File {
 public:
  explicit JoinedFile(std::unique_ptr<env::File> file) : file_(std::move(file)) {}
  ~JoinedFile() override { (void)flush(); }

  ph::Result<std::size_t> read(std::uint64_t offset, void* to, std::size_t size) const override;
  ph::Status write(std::uint64_t offset, std::string_view data) override;
  ph::Status truncate(std::uint64_t size) override;
  ph::Status sync() override;
  ph::Result<std::uint64_t> size() const override;

 private:
  ph::Status flush() const;
  ph::Status flushLocked() const;

  const std::unique_ptr<env::File> file_;
  mutable std::mutex mutex_;
  mutable bool failed_ = false;
  mutable std::uint64_t at_ = 0;
  mutable std::string buffer_;
};

}  // namespace posthouse::db
