// What the event log is told of an account's mail.
#include <Poco/JSON/Object.h>

#include <sstream>

#include "queue/queue.hpp"

namespace posthouse::queue {

void Queue::publish(const char* name, const Envelope& e, const std::string& to, const Outcome& outcome,
                    const std::string& returnTo) const {
  if (!s_.publish || e.account.empty()) return;
  Poco::JSON::Object o;
  o.set("message", e.id);
  o.set("from", e.reversePath);
  o.set("to", to);
  if (!returnTo.empty()) o.set("return_to", returnTo);
  if (outcome.code != 0) o.set("code", outcome.code);
  if (!outcome.enhanced.empty()) o.set("enhanced", outcome.enhanced);
  if (!outcome.text.empty()) o.set("text", outcome.text);
  if (!outcome.host.empty()) o.set("host", outcome.host);
  std::ostringstream out;
  o.stringify(out);
  s_.publish(name, e.account, out.str());
}

}  // namespace posthouse::queue
