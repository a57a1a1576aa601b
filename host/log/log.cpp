#include "log/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>

namespace posthouse::log {
namespace {

struct State {
  std::mutex mutex;
  std::string path;
  std::atomic<int> fd{STDERR_FILENO};
  std::atomic<Format> format{Format::Logfmt};
  int defaultLevel = static_cast<int>(Level::Info);
  struct Module {
    std::atomic<int> level{0};
    bool own = false;
  };
  std::map<std::string, std::unique_ptr<Module>, std::less<>> modules;
  std::mutex delayedMutex;
  std::string delayed;
  std::atomic<bool> anyDelayed{false};
  std::shared_ptr<const std::function<void(const Line&)>> historian;  // by atomic_load
  std::atomic<bool> anyHistorian{false};
};

constexpr size_t kMaxDelayed = 32 * 1024;

State& state() {
  static State* s = new State;  // never destroyed: threads may log during exit
  return *s;
}

State::Module& module(std::string_view name) {
  State& s = state();
  auto i = s.modules.find(name);
  if (i == s.modules.end()) {
    i = s.modules.emplace(std::string(name), std::make_unique<State::Module>()).first;
    i->second->level = s.defaultLevel;
  }
  return *i->second;
}

constexpr const char* kNames[] = {"error", "warn", "info", "debug", "trace"};

void appendEscaped(std::string& out, std::string_view v) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (const char raw : v) {
    const auto c = static_cast<unsigned char>(raw);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += raw;
    } else if (c < 0x20 || c == 0x7f) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += raw;
    }
  }
}

void appendField(std::string& out, Format format, std::string_view key, std::string_view value) {
  if (format == Format::Json) {
    out += out.size() > 1 ? ",\"" : "\"";
    appendEscaped(out, key);
    out += "\":\"";
    appendEscaped(out, value);
    out += '"';
    return;
  }
  if (!out.empty()) out += ' ';
  out += key;
  out += '=';
  bool plain = !value.empty();
  for (const char c : value) plain = plain && c > ' ' && c != '"' && c != '\\' && c != '=' && c != 0x7f;
  if (plain) {
    out += value;
  } else {
    out += '"';
    appendEscaped(out, value);
    out += '"';
  }
}

std::string timestamp() {
  thread_local time_t second = -1;
  thread_local std::string text;  // of that second
  timespec ts{};
  clock_gettime(CLOCK_REALTIME, &ts);
  if (ts.tv_sec != second) {
    second = ts.tv_sec;
    tm t{};
    gmtime_r(&ts.tv_sec, &t);
    char buffer[40];
    text.assign(buffer, strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%S", &t));
  }
  std::string out = text;
  const long ms = ts.tv_nsec / 1000000;
  out += '.';
  out += static_cast<char>('0' + ms / 100);
  out += static_cast<char>('0' + ms / 10 % 10);
  out += static_cast<char>('0' + ms % 10);
  return out + 'Z';
}

// With delayedMutex.
void writeDelayed(State& s) {
  [[maybe_unused]] const ssize_t n = ::write(s.fd.load(), s.delayed.data(), s.delayed.size());
  s.delayed.clear();
  s.anyDelayed = false;
}

bool openLocked(State& s) {
  int fd = STDERR_FILENO;
  if (!s.path.empty()) {
    fd = ::open(s.path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return false;
  }
  const int old = s.fd.load();
  if (old != STDERR_FILENO && fd != STDERR_FILENO) {
    // Another thread may be writing to the old number this very moment: keep the number, change the file behind it.
    dup3(fd, old, O_CLOEXEC);
    ::close(fd);
  } else {
    s.fd = fd;
  }
  return true;
}

}  // namespace

bool parseLevel(std::string_view text, Level* out) {
  for (int i = 0; i < 5; ++i) {
    if (text == kNames[i]) {
      *out = static_cast<Level>(i);
      return true;
    }
  }
  return false;
}

bool open(const std::string& path, Format format) {
  State& s = state();
  std::lock_guard lock(s.mutex);
  s.path = path;
  s.format = format;
  return openLocked(s);
}

void reopen() {
  State& s = state();
  std::lock_guard lock(s.mutex);
  openLocked(s);
}

void setHistorian(std::function<void(const Line&)> historian) {
  State& s = state();
  s.anyHistorian = static_cast<bool>(historian);
  std::shared_ptr<const std::function<void(const Line&)>> next;
  if (historian) next = std::make_shared<const std::function<void(const Line&)>>(std::move(historian));
  std::atomic_store(&s.historian, std::move(next));
}

void setLevel(Level level) {
  State& s = state();
  std::lock_guard lock(s.mutex);
  s.defaultLevel = static_cast<int>(level);
  for (auto& [name, m] : s.modules) {
    if (!m->own) m->level = s.defaultLevel;
  }
}

void setLevel(std::string_view name, Level level) {
  State& s = state();
  std::lock_guard lock(s.mutex);
  auto& m = module(name);
  m.own = true;
  m.level = static_cast<int>(level);
}

Log::Log(std::string_view name) : module_(name) {
  std::lock_guard lock(state().mutex);
  level_ = &module(name).level;
}

std::string Log::line(Level level, std::string_view text, const Field* fields, size_t count) const {
  const Format format = state().format;
  std::string line;
  line.reserve(384);
  if (format == Format::Json) line += '{';
  appendField(line, format, "time", timestamp());
  appendField(line, format, "level", kNames[static_cast<int>(level)]);
  appendField(line, format, "module", module_);
  appendField(line, format, "msg", text);
  for (size_t i = 0; i < count; ++i) {
    if (fields[i].key == "cid" && fields[i].value == "0") continue;
    appendField(line, format, fields[i].key, fields[i].value);
  }
  return line += format == Format::Json ? "}\n" : "\n";
}

bool Log::wanted(Level level) const {
  return enabled(level) || (level <= Level::Info && state().anyHistorian.load(std::memory_order_relaxed));
}

void Log::write(Level level, std::string_view text, const Field* fields, size_t count) const {
  if (enabled(level)) put(level, text, fields, count);
  if (level <= Level::Info) tell(level, text, fields, count);
}

void Log::history(std::string_view text, Fields f) const {
  if (enabled(Level::Debug)) put(Level::Debug, text, f.begin(), f.size());
  tell(Level::Info, text, f.begin(), f.size());
}

void Log::tell(Level level, std::string_view text, const Field* fields, size_t count) const {
  State& s = state();
  if (!s.anyHistorian.load(std::memory_order_relaxed)) return;
  if (std::none_of(fields, fields + count, [](const Field& f) { return f.key == "txn" && !f.value.empty(); })) return;
  if (const auto historian = std::atomic_load(&s.historian)) (*historian)({level, module_, text, fields, count});
}

void Log::put(Level level, std::string_view text, const Field* fields, size_t count) const {
  const std::string out = line(level, text, fields, count);
  flush();
  // A failed log write must not stop the mail.
  [[maybe_unused]] const ssize_t n = ::write(state().fd.load(), out.data(), out.size());
}

void Log::delayed(std::string_view text, Fields f) const {
  if (!enabled(Level::Info)) return;
  const std::string out = line(Level::Info, text, f.begin(), f.size());
  State& s = state();
  std::lock_guard lock(s.delayedMutex);
  s.delayed += out;
  s.anyDelayed = true;
  if (s.delayed.size() >= kMaxDelayed) writeDelayed(s);
}

void flush() {
  State& s = state();
  if (!s.anyDelayed) return;
  std::lock_guard lock(s.delayedMutex);
  writeDelayed(s);
}

}  // namespace posthouse::log
