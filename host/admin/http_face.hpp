// Operations as HTTP routes below /api/v1. JSON in and out; errors as error_form.hpp has them.
// Threads: handle() on pool threads, many at once.
#pragma once

#include <functional>

#include "admin/paths.hpp"
#include "admin/registry.hpp"
#include "http/handler.hpp"

namespace posthouse::admin {

// Finds out who asks. Denied: he did not say, or what he said is wrong. Conflict: it may be the page of somebody else
// that asks in his name.
using Authenticator = std::function<ph::Result<Principal>(const http::Request&)>;

class HttpFace : public http::Handler {
 public:
  static constexpr const char* kBase = "/api/v1/";
  static constexpr size_t kMaxBody = 1024 * 1024;
  // Of what takes a file.
  static constexpr size_t kMaxFileBody = 96 * 1024 * 1024;
  // Of what takes bytes: the largest message, and what is said about it.
  static constexpr size_t kMaxRawBody = 257 * 1024 * 1024;

  // `registry` must outlive it.
  HttpFace(const Registry& registry, Authenticator authenticator)
      : registry_(registry), paths_(registry.all()), authenticator_(std::move(authenticator)) {}
  ph::Status handle(http::Exchange& exchange) override;

 private:
  ph::Status perform(http::Exchange& exchange, const Operation& operation, const Principal& who, json::Value args);
  ph::Status respond(http::Exchange& exchange, int status, const json::Value& body) const;
  ph::Status refuse(http::Exchange& exchange, int status, const ph::Error& error) const;

  const Registry& registry_;
  const Paths paths_;
  const Authenticator authenticator_;
};

}  // namespace posthouse::admin
