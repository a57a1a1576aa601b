// What people see of the queue, and how they choose from it. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace posthouse::queue {

struct RcptInfo {
  int64_t id = 0;
  std::string message;  // the transaction's id
  std::string account;
  std::string reversePath;
  std::string forwardPath;
  std::string destination;
  int64_t queued = 0;
  int64_t due = 0;
  int64_t size = 0;
  int attempts = 0;
  bool held = false;
  std::string reason;     // why it still waits: the words of the last attempt
  int64_t last = 0;       // time of the last attempt; 0: there was none
  std::string transport;  // chosen by an admin; empty: by the routes
  bool requireTls = false;
  bool tlsOptional = false;
  int code = 0;  // of the last attempt
  std::string enhanced;
  std::string host;
  std::string returnTo;
};

// All that is said must fit; nothing said: everything.
struct Filter {
  std::vector<int64_t> ids;
  std::string message;
  std::string account;
  std::string from;  // part of the reverse-path, case ignored
  std::string to;    // part of the forward-path
  std::string destination;
  std::optional<int64_t> queuedBefore, queuedAfter;
  std::optional<int64_t> dueBefore, dueAfter;
  std::optional<bool> held;
  std::optional<std::string> transport;
  int64_t after = 0;  // ids behind this one
  size_t max = 0;     // 0: all
  enum class Sort { Id, Due, Queued } sort = Sort::Id;
  bool descending = false;
};

struct DestinationInfo {
  std::string destination;
  int64_t waiting = 0;  // recipients
  int64_t held = 0;
  int64_t due = 0;     // the first that is not held; 0: none
  int64_t oldest = 0;  // when it was queued
  int64_t bytes = 0;
  std::string reason;  // of one that failed last
};

struct RetiredInfo {
  int64_t id = 0;
  std::string message;
  std::string account;
  std::string reversePath;
  std::string forwardPath;
  int64_t queued = 0;
  int64_t ended = 0;
  int attempts = 0;
  bool delivered = false;
  int code = 0;
  std::string enhanced;
  std::string text;
  std::string host;
  std::string returnTo;
  // What a notification that came in later says; all empty: none did.
  std::string told;  // its action
  std::string toldStatus;
  std::string toldText;
  int64_t toldAt = 0;
};

struct RetiredFilter {
  std::vector<int64_t> ids;
  std::string message;
  std::string account;
  std::string from;
  std::string to;
  std::optional<int64_t> endedBefore, endedAfter;
  std::optional<bool> delivered;
  int64_t after = 0;
  size_t max = 0;
  enum class Sort { Id, Queued, Ended } sort = Sort::Id;
  bool descending = false;
};

}  // namespace posthouse::queue
