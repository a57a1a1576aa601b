// What stands before a response's body, and the answers of the engine itself.
// Threads: any. RFC 9112 4 and 6, RFC 9110 6.6.1 (Date) and 15.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/parser/date.hpp"
#include "http/parser/head.hpp"

namespace posthouse::http {

struct Response {
  int status = 200;
  Fields fields;
};

enum class Framing { None, Length, Chunked, UntilClose };

std::string_view reasonPhrase(int status);

// Fields that say how the message is carried are written here alone; those that protect browsers are added where the
// handler has not set them itself. An empty value leaves one of these out.
std::string responseHead(const Response& response, Framing framing, uint64_t length, bool keepAlive, int minor);

// A complete answer of the engine: plain text, or JSON for who prefers it. `request` may be half read or null.
// RFC 9110 12.5.1.
std::string errorResponse(int status, std::string_view why, const RequestHead* request, bool keepAlive,
                          const Fields& more = {});
// Its body, and the type of that.
std::string errorBody(int status, std::string_view why, const RequestHead* request, std::string* type);

}  // namespace posthouse::http
