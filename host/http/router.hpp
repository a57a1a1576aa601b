// Which handler answers a request: by listener, host, path and method.
//
// Guarantees: of several routes the one that names the host wins, then the exact path, then the longest prefix, then
// the one that names the listener; the order of registration never matters. A route that is removed is not found by
// any request that begins later. Threads: all from any thread. RFC 9110 15.5.6 (405 with Allow).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/handler.hpp"
#include "http/request.hpp"
#include "http/visitor.hpp"
#include "ph/result.hpp"

namespace posthouse::http {

// The numbers are those of the contract, PH_HTTP_*.
enum Method : uint32_t { kGet = 1, kPost = 2, kPut = 4, kPatch = 8, kDelete = 16, kOptions = 32 };

struct Route {
  std::string listener;  // empty: every
  std::string host;      // empty: every; in lower case
  std::string path;      // ends with "/" and is a prefix, or is compared as a whole
  bool prefix = false;
  bool quick = false;       // never waits: called by the session's thread, see QuickCalls
  uint32_t methods = kGet;  // GET answers HEAD too
  Audience audience = Audience::Public;
  std::chrono::milliseconds deadline{30000};
  uint64_t maxBody = 1024 * 1024;
  const void* owner = nullptr;
  std::string plugin;  // for logs; empty: the host's own
  std::shared_ptr<Handler> handler;
};
using RoutePtr = std::shared_ptr<const Route>;

class Router {
 public:
  // Invalid: not a path; Conflict: another one answers the same already.
  ph::Status add(Route route);
  void remove(const void* owner);

  struct Match {
    RoutePtr route;     // nullptr: none
    std::string allow;  // when only the method does not fit
  };
  Match find(const Request& request) const;

 private:
  using List = std::vector<RoutePtr>;  // best first
  std::shared_ptr<const List> list() const;
  mutable std::mutex mutex_;
  std::shared_ptr<const List> routes_ = std::make_shared<List>();
};

}  // namespace posthouse::http
