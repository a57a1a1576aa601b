// A file of lines that is only ever appended to, in whole lines.
// Guarantees: after append() succeeded its lines are on disk; a line that an earlier process left unfinished is
// removed. Threads: one at a time.
#pragma once

#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace event_log {

class LineFile {
 public:
  LineFile() = default;
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  // Opens `path` unless it is open already; follows it when it was moved away (as logrotate does).
  ph::Status open(const std::string& path);
  ph::Status append(std::string_view lines);

 private:
  ph::Status failed(const char* what);
  ph::Status removeUnfinished();
  bool stillThere() const;
  void close();

  std::string path_;
  int fd_ = -1;
};

}  // namespace event_log
