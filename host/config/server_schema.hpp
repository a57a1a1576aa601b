// The schemas of the server's own files; the same text gives validation, defaults and documentation.
#pragma once

namespace posthouse::config {
extern const char* const kServerSchema;
extern const char* const kDomainSchema;
}  // namespace posthouse::config
