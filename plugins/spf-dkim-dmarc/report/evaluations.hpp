// What is to be reported to the owners of domains: one row for each message, in the plugin's database.
// Guarantees: a message is counted once, whatever its number of recipients. Threads: any, one at a time inside; blocks
// for the disk.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ph/db.hpp"
#include "report/aggregate.hpp"

namespace ph_mailauth {

struct Evaluation {
  std::string key;     // of the message
  int64_t at = 0;      // Unix seconds
  std::string domain;  // where the record was
  std::string record;  // its text
  bool treeWalk = false;
  bool optional = false;  // never the only reason for a report
  ReportRow row;          // count is not used; one SPF result
};

struct Suppression {
  std::string address, comment;
  int64_t until = 0;  // Unix seconds; 0: for good
};

class Evaluations {
 public:
  explicit Evaluations(const ph::Host& host) : host_(host) {}

  ph::Status note(const Evaluation& evaluation);
  // Domains with rows older than `before`.
  ph::Result<std::vector<std::string>> domains(int64_t before);
  struct Period {
    std::string record;  // the newest text
    bool treeWalk = false;
    int64_t first = 0;    // of the rows
    bool needed = false;  // some row is not optional
  };
  ph::Result<Period> oldest(const std::string& domain);
  // Equal rows are one, with their count.
  ph::Result<std::vector<ReportRow>> rows(const std::string& domain, int64_t from, int64_t to);
  ph::Status drop(const std::string& domain, int64_t to);
  ph::Status dropBefore(int64_t time);

  // Addresses that get no reports from us.
  ph::Status suppress(const Suppression& suppression);
  ph::Result<bool> unsuppress(const std::string& address);
  ph::Result<std::vector<Suppression>> suppressions();
  ph::Result<bool> isSuppressed(const std::string& address, int64_t now);

 private:
  ph::Status open();

  const ph::Host& host_;
  std::mutex mutex_;
  std::unique_ptr<ph::Db> db_;
};

}  // namespace ph_mailauth
