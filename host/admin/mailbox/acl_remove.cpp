#include "admin/mailbox/acl.hpp"

namespace posthouse::admin {

extern const Operation kMailboxAclRemove;
const Operation kMailboxAclRemove = {.name = "mailbox.acl.remove",
                                     .method = Method::Delete,
                                     .path = "/accounts/{account}/acl",
                                     .help = "Removes somebody's entry in the access control list of a mailbox.",
                                     .params = aclParams(),
                                     .role = Role::Account,
                                     .changes = true,
                                     .run = [](Call& call) { return changeAcl(call, store::AclMode::Replace, 0); }};

}  // namespace posthouse::admin
