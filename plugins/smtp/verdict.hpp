// From a stage's verdict to an SMTP reply.
// Guarantees: the code always has the class of the verdict, whatever a hook asked for: a rejection is never a 2yz, a
// temporary failure never a 5yz. Threads: pure functions. RFC 5321 4.2.1, RFC 2034 4.
#pragma once

#include <ph/draft/host/pipeline.h>

#include <string>

namespace ph_smtp {

struct Refusal {
  int code = 0;
  std::string enhanced;
  std::string text;
  bool disconnect = false;
};

// TEMPFAIL, REJECT or DISCONNECT.
bool refuses(const ph_verdict& verdict);

// What to say for a verdict that refuses.
Refusal refusalOf(const ph_verdict& verdict);

void setVerdict(ph_verdict& verdict, int32_t kind, int32_t code = 0, const char* enhanced = "", const char* text = "");

}  // namespace ph_smtp
