#include "http/body.hpp"

namespace posthouse::http {

ph::Result<std::string> readBody(Exchange& exchange, size_t most) {
  std::string body;
  char buffer[16 * 1024];
  for (;;) {
    const auto n = exchange.read(buffer, sizeof buffer);
    if (!n) return n.error();
    if (*n == 0) return body;
    body.append(buffer, *n);
    if (body.size() > most) return ph::Error{ph::Kind::Limit, "the body is too large"};
  }
}

}  // namespace posthouse::http
