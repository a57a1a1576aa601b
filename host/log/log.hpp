// Structured logging: one line per event, logfmt or JSON, levels per module.
// Threads: everything may be called from any thread. Lines are written whole by one write(2), so they never mix.
// Secrets are never given to the log; control characters are escaped.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace posthouse::log {

enum class Level : int { Error = 0, Warn = 1, Info = 2, Debug = 3, Trace = 4 };
enum class Format { Logfmt, Json };

// Two ids join the lines of one event: `cid`, the connection's, and `txn`, the message's. A cid of 0 is no connection's
// and is left out.
struct Field {
  std::string_view key;
  std::string_view value;
};

// Parses "error", "warn", "info", "debug", "trace"; false when it is none of them.
bool parseLevel(std::string_view text, Level* out);

// Where lines go: `path` empty is standard error. Safe to call again at any time.
bool open(const std::string& path, Format format);
// Opens the same path anew, after log rotation.
void reopen();
// Writes what is delayed. Somebody calls it now and then, and at the end.
void flush();
// The level of all modules without one of their own; then of one module.
void setLevel(Level level);
void setLevel(std::string_view module, Level level);

// A line as it is said.
struct Line {
  Level level;
  std::string_view module;
  std::string_view text;
  const Field* fields;
  size_t count;
};
// Gets what is said of messages (lines with the field `txn`), from info on and whatever the levels are, on the thread
// that says it: be quick, and log nothing. Empty: nobody does. Calls may still run for a moment after it was replaced.
void setHistorian(std::function<void(const Line&)> historian);

// A module's log. Cheap to copy; keep it as a static or member.
class Log {
 public:
  explicit Log(std::string_view module);
  bool enabled(Level level) const { return static_cast<int>(level) <= level_->load(std::memory_order_relaxed); }
  // Somebody wants lines of this level: the log, or the historian.
  bool wanted(Level level) const;
  using Fields = std::initializer_list<Field>;
  void write(Level level, std::string_view text, const Field* fields, size_t count) const;
  // An info line of the many: it may be written up to a second later, together with others, never behind later lines.
  void delayed(std::string_view text, Fields f) const;
  void error(std::string_view text, Fields f = {}) const { at(Level::Error, text, f); }
  void warn(std::string_view text, Fields f = {}) const { at(Level::Warn, text, f); }
  void info(std::string_view text, Fields f = {}) const { at(Level::Info, text, f); }
  void debug(std::string_view text, Fields f = {}) const { at(Level::Debug, text, f); }
  // For the history of a message; in the log only at debug.
  void history(std::string_view text, Fields f) const;

 private:
  std::string line(Level level, std::string_view text, const Field* fields, size_t count) const;
  void put(Level level, std::string_view text, const Field* fields, size_t count) const;
  void tell(Level level, std::string_view text, const Field* fields, size_t count) const;
  void at(Level level, std::string_view text, Fields f) const {
    if (wanted(level)) write(level, text, f.begin(), f.size());
  }
  std::string module_;
  const std::atomic<int>* level_;
};

}  // namespace posthouse::log
