#include "admin/mailbox/acl.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  std::string_view letters = call.text("rights");
  auto mode = store::AclMode::Replace;
  if (!letters.empty() && (letters.front() == '+' || letters.front() == '-')) {
    mode = letters.front() == '+' ? store::AclMode::Add : store::AclMode::Remove;
    letters.remove_prefix(1);
  }
  const auto rights = ph::imap::parseRights(letters);
  if (!rights) return ph::Error{ph::Kind::Invalid, "rights are letters out of lrswipkxtea, c and d"};
  return changeAcl(call, mode, *rights);
}

std::vector<Param> params() {
  auto out = aclParams();
  out.push_back({"rights", Param::Type::String, Param::kRequired | Param::kWord,
                 "Letters of RFC 4314, as lrs to read; behind a plus or minus sign they are added or removed."});
  return out;
}

}  // namespace

extern const Operation kMailboxAclSet;
const Operation kMailboxAclSet = {.name = "mailbox.acl.set",
                                  .method = Method::Put,
                                  .path = "/accounts/{account}/acl",
                                  .help = "Gives somebody rights in a mailbox of an account.",
                                  .params = params(),
                                  .role = Role::Account,
                                  .changes = true,
                                  .run = run};

}  // namespace posthouse::admin
