#include <iostream>

#include "app/command.hpp"
#include "app/offline_store.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOfflineStore(args, {}, 1, 2, &code);
  if (!offline) return code;
  const auto& words = offline->offline.flags.words;
  const auto account = offline->store->open(words[0]);
  if (!account) return failed(account.error());
  const auto changed = (*account)->bumpUidValidity(words.size() > 1 ? words[1] : "");
  if (!changed) return failed(changed.error());
  std::cout << *changed << " mailboxes have a new UIDVALIDITY\n";
  return kOk;
}

}  // namespace

const Command kStoreBumpUidvalidity = {"store bump-uidvalidity", "[--config FILE] ACCOUNT [MAILBOX]",
                                       "Makes IMAP clients forget what they know of a mailbox, or of all.", run};

}  // namespace posthouse::app
