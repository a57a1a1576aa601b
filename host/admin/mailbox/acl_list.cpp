#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/mailbox/acl.hpp"
#include "store/store.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  if (const auto file = accountFile(call.core, call.text("account")); !file) return file.error();
  const auto account = call.core.store->openOrCreate(call.text("account"));
  if (!account) return account.error();
  const auto mailboxes = (*account)->mailboxes();
  if (!mailboxes) return mailboxes.error();
  const auto& only = call.text("mailbox");
  Value items = Value::list();
  for (const auto& mailbox : *mailboxes) {
    if (!mailbox.exists || (!only.empty() && mailbox.name != only)) continue;
    const auto entries = (*account)->acl(mailbox.id);
    if (!entries) return entries.error();
    for (const auto& e : *entries) {
      items.add(Value::object(
          {{"mailbox", mailbox.name}, {"identifier", e.identifier}, {"rights", ph::imap::rightsText(e.rights)}}));
    }
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kMailboxAclList;
const Operation kMailboxAclList = {
    .name = "mailbox.acl.list",
    .method = Method::Get,
    .path = "/accounts/{account}/acl",
    .help = "Lists who else may do what in an account's mailboxes.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Whose mailboxes they are.", Subject::Account},
               {"mailbox", Param::Type::String, Param::kOptional, "Only of this one."}},
    .role = Role::Account,
    .result = {Shape::Kind::Many,
               {{"mailbox", Param::Type::String, "Its name."},
                {"identifier", Param::Type::String,
                 "An account or \"anyone\"; behind a dash: its rights are taken away."},
                {"rights", Param::Type::String, "As letters, RFC 4314 2.1."}}},
    .run = run};

}  // namespace posthouse::admin
