#include "admin/session/end_others.hpp"

#include "admin/core.hpp"
#include "web/sessions.hpp"

namespace posthouse::admin {

void endOtherSessions(const Call& call, const std::string& account) {
  if (call.core.sessions) call.core.sessions->endAll(account, call.who.session);
}

}  // namespace posthouse::admin
