// Export: the mailboxes page by page, while users read and mail comes in: a page is what is there then.
#include <ctime>
#include <functional>

#include "transfer/maildir_names.hpp"
#include "transfer/mbox_fields.hpp"
#include "transfer/mbox_names.hpp"
#include "transfer/sources.hpp"

namespace posthouse::transfer {
namespace {

using Each = std::function<ph::Status(const Parcel&)>;

ph::Result<std::vector<Folder>> chosen(const ExportOptions& options, Peer& peer) {
  auto folders = peer.folders();
  if (!folders || options.mailbox.empty()) return folders;
  std::erase_if(*folders, [&](const Folder& f) { return f.name != options.mailbox; });
  if (folders->empty()) return ph::Error{ph::Kind::NotFound, "no such mailbox: " + options.mailbox};
  return folders;
}

ph::Status eachMessage(const std::string& mailbox, Peer& peer, Progress& progress, Exported& done, const Each& each) {
  progress.at(mailbox);
  for (store::Uid next = 1; next != 0;) {
    const auto page = peer.get(mailbox, next);
    if (!page && page.error().kind == ph::Kind::NotFound) return {};  // deleted meanwhile
    if (!page) return page.error();
    std::uint64_t bytes = 0;
    for (const auto& p : page->parcels) {
      if (auto status = each(p); !status) return status;
      bytes += p.bytes.size();
    }
    for (const auto& problem : page->problems) progress.say(problem);
    done.problems += page->problems.size();
    progress.add(page->parcels.size(), bytes);
    next = page->next;
  }
  return {};
}

}  // namespace

ph::Result<Exported> exportMbox(const ExportOptions& options, Peer& peer, Output& output, Progress& progress) {
  const auto folders = chosen(options, peer);
  if (!folders) return folders.error();
  Exported done;
  for (const auto& f : *folders) {
    if (auto status = output.begin(mboxPath(f.name), std::time(nullptr)); !status) return status.error();
    const auto write = [&](const Parcel& p) { return output.write(toMbox(p)); };
    if (auto status = eachMessage(f.name, peer, progress, done, write); !status) return status.error();
  }
  if (auto status = output.finish(); !status) return status.error();
  return done;
}

ph::Result<Exported> exportMaildir(const ExportOptions& options, Peer& peer, Output& output, Progress& progress) {
  const auto folders = chosen(options, peer);
  if (!folders) return folders.error();
  Exported done;
  const auto now = std::time(nullptr);
  std::string subscriptions;
  for (const auto& f : *folders) {
    const auto name = maildirFolder(options.mailbox.empty() ? f.name : "INBOX");
    const auto folder = name.empty() ? "" : name + "/";
    if (f.subscribed) subscriptions += (name.empty() ? "INBOX" : name.substr(1)) + "\n";
    for (const char* kind : {"cur", "new", "tmp"})
      if (auto status = output.folder(folder + kind); !status) return status.error();
    if (!name.empty())
      if (auto status = output.file(folder + "maildirfolder", "", now); !status) return status.error();
    KeywordLetters letters;
    std::set<std::string> lost;
    // Names sort in the order of the messages.
    std::int64_t time = 0;
    std::uint64_t number = 0;
    const auto write = [&](const Parcel& p) {
      time = std::max(time, p.date);
      char order[64];
      std::snprintf(order, sizeof order, "%010lld.N%09llu", static_cast<long long>(time),
                    static_cast<unsigned long long>(++number));
      const auto path = folder + "cur/" + order + ".posthouse,S=" + std::to_string(p.bytes.size());
      return output.file(path + maildirInfo(p, letters, lost), p.bytes, p.date);
    };
    if (auto status = eachMessage(f.name, peer, progress, done, write); !status) return status.error();
    if (!letters.empty())
      if (auto status = output.file(folder + "dovecot-keywords", keywordsFile(letters), now); !status)
        return status.error();
    for (const auto& keyword : lost) progress.say(f.name + ": no room for the keyword " + keyword);
    done.problems += lost.size();
  }
  if (options.mailbox.empty())
    if (auto status = output.file("subscriptions", subscriptions, now); !status) return status.error();
  if (auto status = output.finish(); !status) return status.error();
  return done;
}

}  // namespace posthouse::transfer
