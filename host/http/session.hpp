// One connection that speaks HTTP/1.1: requests in order, each answered before the next one begins.
//
// Guarantees: never blocks; an idle connection keeps no buffer; every wait for the client has an absolute deadline. A
// request that is refused, or whose body was not read to its end, is the connection's last.
// Threads: as a session of ph.session/1. RFC 9112 6.3, 7.1, 9.3, RFC 9110 10.1.1.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "http/meters.hpp"
#include "http/parser/chunked.hpp"
#include "http/server.hpp"
#include "net/session.hpp"
#include "ph/draft/host/session.h"
#include "ph/text.hpp"

namespace posthouse::http {

class Session {
 public:
  static constexpr size_t kMaxInput = 64 * 1024;
  static_assert(kMaxInput > kMaxHead);

  Session(Server& server, net::Session& net, const ph_session_info& info)
      : server_(server), net_(net), info_(info), meters_(Meters::of(std::string(ph::view(info.listener)))) {}
  ~Session();  // whoever still makes an answer is told that nobody waits
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  ph_next run(uint32_t why);

 private:
  using Clock = std::chrono::steady_clock;
  // The request under way. Idle connections have none.
  struct Active {
    Active() = default;
    ~Active();
    std::shared_ptr<Exchange> exchange;
    std::shared_ptr<Call> call;
    RoutePtr route;
    ChunkedReader chunks;
    bool bodyDone = false;
    uint64_t received = 0;  // of the body
    uint64_t sent = 0;
    Clock::time_point begun;
    Clock::time_point called;
    bool quick = false;
    std::optional<Clock::time_point> blocked;  // since when the client takes no output
  };

  std::optional<ph_next> readHead();
  std::optional<ph_next> begin(RequestHead head);
  std::optional<ph_next> progress();
  bool readBody();
  bool readCoded(std::string_view input, size_t room);
  std::optional<ph_next> completed(bool keepAlive);
  void serveStream(Stream& stream);
  ph_next waitStream(const Exchange::Output& output, const Stream& stream);
  ph_next wait(const Exchange::Output& output);
  ph_next timedOut();
  ph_next refuse(int status, std::string_view why, const RequestHead* head, const Fields& more = {});
  ph_next giveUp(int status, std::string_view why);
  void logAccess(const RequestHead* head, int status);
  Request requestOf(RequestHead head) const;
  void until(Clock::time_point at);

  Server& server_;
  net::Session& net_;
  const ph_session_info& info_;
  Meters& meters_;
  size_t scanned_ = 0;                      // of an incomplete head
  std::optional<Clock::time_point> since_;  // when that began
  bool closing_ = false;
  uint32_t requests_ = 0;  // answered
  std::unique_ptr<Active> active_;
};

}  // namespace posthouse::http
