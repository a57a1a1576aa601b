#include <ctime>
#include <iostream>

#include "app/command.hpp"
#include "app/offline_store.hpp"
#include "config/since.hpp"
#include "store/removed_text.hpp"
#include "store/undelete.hpp"

namespace posthouse::app {
namespace {

int list(store::Account& account, store::RemovedFilter filter) {
  for (;;) {
    const auto found = store::listRemoved(account, filter);
    if (!found) return failed(found.error());
    for (const auto& r : *found) std::cout << store::describeRemoved(r) << "\n";
    if (found->size() < filter.max) return kOk;
    filter.after = found->back().number;
  }
}

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOfflineStore(
      args, {{"mailbox", true}, {"since", true}, {"message-id", true}, {"list", false}, {"all", false}}, 1, 1, &code);
  if (!offline) return code;
  const auto& flags = offline->offline.flags;
  store::RemovedFilter filter;
  filter.mailbox = flags.get("mailbox");
  filter.messageId = flags.get("message-id");
  if (filter.messageId.size() > 1 && filter.messageId.front() == '<' && filter.messageId.back() == '>')
    filter.messageId = filter.messageId.substr(1, filter.messageId.size() - 2);
  if (flags.has("since")) {
    const auto at = config::parseSince(flags.get("since"), std::time(nullptr));
    if (!at) return failed(at.error());
    filter.since = *at;
  }
  const bool any = flags.has("mailbox") || flags.has("since") || flags.has("message-id");
  if (!any && !flags.has("list") && !flags.has("all")) return kUsage;
  const auto account = offline->store->open(flags.words[0]);
  if (!account) return failed(account.error());
  if (flags.has("list")) return list(**account, filter);
  store::Undeleted done;
  const auto status = store::undelete(**account, filter, done);
  for (const auto& line : done.said) std::cerr << line << "\n";
  std::cout << done.messages << " messages restored, " << done.bytes << " bytes\n";
  if (!status) return failed(status.error());
  return done.said.empty() ? kOk : kFailed;
}

}  // namespace

const Command kStoreUndelete = {
    "store undelete", "[--config FILE] [--mailbox M] [--since T] [--message-id ID | --list | --all] ACCOUNT",
    "Puts expunged messages back into their mailboxes, as long as they are kept; --list shows which there are.", run};

}  // namespace posthouse::app
