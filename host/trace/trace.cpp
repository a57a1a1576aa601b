#include "trace/trace.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>

namespace posthouse::trace {
namespace {

constexpr size_t kFiles = 16;  // so much of all goes at once when it is full
constexpr size_t kBuffer = 64 * 1024;
constexpr size_t kMaxField = 1000;
constexpr std::string_view kEnding = ".jsonl";

}  // namespace

Trace::Trace(std::string folder, uint64_t bytes)
    : folder_(std::move(folder)), fileBytes_(std::max<uint64_t>(bytes / kFiles, 64 * 1024)) {}

ph::Result<std::unique_ptr<Trace>> Trace::open(const std::string& folder, uint64_t bytes) {
  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  if (ec) return ph::Error{ph::Kind::Temporary, folder + ": " + ec.message()};
  (void)::chmod(folder.c_str(), 0700);
  std::unique_ptr<Trace> out(new Trace(folder, bytes));
  for (const auto& entry : std::filesystem::directory_iterator(folder, ec)) {
    const std::string name = entry.path().filename().string();
    uint64_t number = 0;
    const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (bad == std::errc() && std::string_view(end) == kEnding) out->numbers_.push_back(number);
  }
  std::sort(out->numbers_.begin(), out->numbers_.end());
  return out;
}

Trace::~Trace() {
  flush();
  if (fd_ >= 0) ::close(fd_);
}

std::string Trace::path(uint64_t number) const {
  return folder_ + "/" + std::to_string(number) + std::string(kEnding);
}

void Trace::add(const log::Line& line) {
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  std::string out = "{\"t\":" + std::to_string(ms) + ",\"module\":" + json::quoted(line.module) +
                    ",\"step\":" + json::quoted(line.text);
  for (size_t i = 0; i < line.count; ++i) {
    const auto& f = line.fields[i];
    if (f.value.empty() || (f.key == "cid" && f.value == "0")) continue;
    if (f.key == "t" || f.key == "module" || f.key == "step") continue;
    out += ',' + json::quoted(f.key) + ':' + json::quoted(f.value.substr(0, kMaxField));
  }
  out += "}\n";
  std::lock_guard lock(mutex_);
  buffer_ += out;
  if (buffer_.size() >= kBuffer) write();
}

void Trace::flush() {
  std::lock_guard lock(mutex_);
  write();
}

// A failure loses history, never mail: the log has it too.
void Trace::write() {
  if (buffer_.empty()) return;
  if (fd_ < 0 || size_ >= fileBytes_) {
    if (fd_ >= 0) ::close(fd_);
    // A file of an earlier run is not gone on with: its last line may be half a line.
    numbers_.push_back(numbers_.empty() ? 1 : numbers_.back() + 1);
    fd_ = ::open(path(numbers_.back()).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    size_ = 0;
    while (numbers_.size() > kFiles) {
      ::unlink(path(numbers_.front()).c_str());
      numbers_.pop_front();
    }
  }
  if (fd_ >= 0 && ::write(fd_, buffer_.data(), buffer_.size()) == static_cast<ssize_t>(buffer_.size()))
    size_ += buffer_.size();
  buffer_.clear();
}

std::vector<std::string> Trace::files() {
  std::lock_guard lock(mutex_);
  write();
  std::vector<std::string> out;
  for (const auto n : numbers_) out.push_back(path(n));
  return out;
}

}  // namespace posthouse::trace
