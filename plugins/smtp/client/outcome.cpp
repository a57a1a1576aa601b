#include "client/outcome.hpp"

namespace ph_smtp::client {

Outcome fromReply(const ph::smtp::ReceivedReply& reply) {
  Outcome o;
  o.outcome = reply.positive() ? PH_DELIVERED : reply.permanent() ? PH_DELIVERY_PERMANENT : PH_DELIVERY_TEMPORARY;
  o.code = reply.code;
  o.enhanced = reply.enhanced;
  o.text = reply.text();
  return o;
}

Outcome localTrouble(std::string_view enhanced, std::string text) {
  Outcome o;
  o.flags = PH_ATTEMPT_LOCAL;
  o.enhanced = enhanced;
  o.text = std::move(text);
  return o;
}

Outcome localRefusal(std::string_view enhanced, std::string text) {
  Outcome o = localTrouble(enhanced, std::move(text));
  o.outcome = PH_DELIVERY_PERMANENT;
  return o;
}

}  // namespace ph_smtp::client
