// A request as handlers see it. Threads: read-only once its exchange began.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "http/parser/head.hpp"
#include "http/visitor.hpp"

namespace posthouse::http {

struct Request {
  RequestHead head;
  uint64_t session = 0;  // connection id
  std::string publicId;
  std::string listener;
  std::string remoteIp;
  bool secure = false;                     // TLS, here or at a trusted proxy
  std::shared_ptr<const Visitor> visitor;  // of routes that are not public
};

}  // namespace posthouse::http
