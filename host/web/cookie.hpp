// Cookies as browsers send them, and the forms of pages. Guarantees: any bytes are safe. Threads: pure functions.
// RFC 6265 4.2.1; https://url.spec.whatwg.org application/x-www-form-urlencoded.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "http/parser/fields.hpp"

namespace posthouse::web {

// The value of this cookie. Nothing: it is not there, or there with different values, so nobody knows who set them.
std::optional<std::string> cookie(const http::Fields& fields, std::string_view name);

// The fields of a form. Nothing: malformed, not UTF-8, more than 256, or one comes twice.
std::optional<std::map<std::string, std::string>> form(std::string_view body);

}  // namespace posthouse::web
