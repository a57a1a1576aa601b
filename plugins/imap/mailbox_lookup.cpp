#include "mailbox_lookup.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "ph/imap/mailbox_name.hpp"

namespace ph_imap {

namespace {

ph::Error noMailbox() {
  return {ph::Kind::NotFound, "no such mailbox"};
}

ph::Result<Place> lookUp(const Home& home, Rights needed) {
  auto found = home.account->mailbox(home.name);
  if (!found) return found.error();
  if (!found->exists) return noMailbox();
  if (needed & ~found->rights) {
    // RFC 4314 6: who may not see it does not learn that it exists.
    if (!(found->rights & right::kLookup)) return noMailbox();
    return ph::Error{ph::Kind::Denied, "you have not been given the right to do this"};
  }
  Home exact{home.account, home.owner, found->name_};
  found->name_ = shownName(exact.owner, exact.name);
  return Place{std::move(exact), std::move(*found)};
}

ph::MailboxInfo level(const std::string& name) {
  ph::MailboxInfo info(ph::sized<ph_mailbox_info>());
  info.name_ = name;
  info.has_children = 1;
  return info;
}

struct Gathering {
  std::vector<std::string> owners;
  std::string viewer;
  std::vector<Listed> own;
  std::vector<Listed> others;
};

// On a pool thread: what one account shares, with the levels above it.
void gatherFrom(Gathering& g, const ph::Host& host, const std::string& owner) {
  auto opened = ph::Account::openShared(host, owner, g.viewer);
  if (!opened) return;
  const auto account = std::make_shared<ph::Account>(std::move(*opened));
  const auto all = account->mailboxes();
  if (!all || all->empty()) return;
  const auto add = [&](ph::MailboxInfo info, std::string name, Listed::Kind kind) {
    g.others.push_back({{{account, owner, std::move(name)}, std::move(info)}, kind});
  };
  const std::string top(ph::imap::kOtherUsers);
  if (g.others.empty()) g.others.push_back({{{nullptr, {}, top}, level(top)}, Listed::Kind::Namespace});
  const std::string root = top + "/" + owner;
  g.others.push_back({{{nullptr, owner, root}, level(root)}, Listed::Kind::Namespace});
  std::set<std::string> known;
  for (const auto& m : *all) known.insert(m.name_);
  for (const auto& m : *all) {
    for (auto up = ph::imap::parentMailbox(m.name_); !up.empty(); up = ph::imap::parentMailbox(up)) {
      if (!known.emplace(up).second) break;
      add(level(shownName(owner, std::string(up))), std::string(up), Listed::Kind::Gap);
    }
    ph::MailboxInfo info = m;
    info.name_ = shownName(owner, m.name_);
    add(std::move(info), m.name_, Listed::Kind::Mailbox);
  }
}

// Subscriptions are the user's own; so is a mailbox that is older than the namespace and hides part of it.
std::vector<Listed> join(Gathering& g) {
  std::map<std::string, const Listed*> own;
  for (const auto& l : g.own) own.emplace(l.place.info.name_, &l);
  std::set<std::string> replaced;
  std::vector<Listed> out;
  for (auto& l : g.others) {
    const auto same = own.find(l.place.info.name_);
    if (same != own.end()) {
      if (same->second->place.info.exists || l.kind != Listed::Kind::Mailbox) continue;
      l.place.info.subscribed = same->second->place.info.subscribed;
      replaced.insert(same->first);
    }
    out.push_back(std::move(l));
  }
  std::erase_if(g.own, [&](const Listed& l) { return replaced.count(l.place.info.name_) != 0; });
  g.own.insert(g.own.end(), std::make_move_iterator(out.begin()), std::make_move_iterator(out.end()));
  return std::move(g.own);
}

}  // namespace

std::string shownName(const std::string& owner, const std::string& name) {
  if (owner.empty()) return name;
  return std::string(ph::imap::kOtherUsers) + "/" + owner + "/" + name;
}

bool isOfOthers(Session& s, const std::string& canonical) {
  if (!ph::imap::isOtherUsers(canonical) || !s.offers("ACL")) return false;
  const auto own = s.account().mailbox(canonical);
  return !own || !own->exists;
}

bool mayNameOthers(std::string_view pattern) {
  const auto plain = pattern.substr(0, pattern.find_first_of("*%"));
  const auto common = std::min(plain.size(), ph::imap::kOtherUsers.size());
  return plain.substr(0, common) == ph::imap::kOtherUsers.substr(0, common);
}

Step findHome(Session& s, const std::string& canonical, std::function<Step(Session&, ph::Result<Home>)> then) {
  if (!isOfOthers(s, canonical)) return then(s, Home{s.ownAccount(), {}, canonical});
  const size_t begin = ph::imap::kOtherUsers.size() + 1;
  const size_t slash = canonical.find('/', begin);
  if (slash == std::string::npos) return then(s, noMailbox());
  // INBOX in any case again.
  const auto name = ph::imap::canonicalMailboxName(std::string_view(canonical).substr(slash + 1));
  if (!name) return then(s, noMailbox());
  auto home = std::make_shared<Home>(Home{nullptr, canonical.substr(begin, slash - begin), *name});
  // Mostly it is open already, for the selected mailbox.
  if (s.selected() && s.selected()->key().owner == home->owner) {
    home->account = s.selected()->sharedAccount();
    return then(s, std::move(*home));
  }
  auto error = std::make_shared<ph::Error>(noMailbox());
  const ph::Host& host = s.host();
  return s.jobOr(
      ph::Pool::Disk,
      [home, error, &host, viewer = s.accountName()] {
        auto account = ph::Account::openShared(host, home->owner, viewer);
        if (account) home->account = std::make_shared<ph::Account>(std::move(*account));
        if (!account) *error = account.error();
      },
      [home, error, then](Session& session) {
        return then(session, home->account ? ph::Result<Home>(std::move(*home)) : ph::Result<Home>(*error));
      },
      [then](Session& session, const ph::Error& why) { return then(session, why); });
}

Step findMailbox(Session& s, std::string_view name, Rights needed,
                 std::function<Step(Session&, ph::Result<Place>)> then) {
  const auto canonical = ph::imap::canonicalMailboxName(name);
  if (!canonical) return then(s, canonical.error());
  return findHome(s, *canonical, [needed, then = std::move(then)](Session& session, ph::Result<Home> home) {
    return then(session, home ? lookUp(*home, needed) : ph::Result<Place>(home.error()));
  });
}

Step gatherMailboxes(Session& s, bool others, std::function<Step(Session&, ph::Result<std::vector<Listed>>)> then) {
  auto own = s.account().mailboxes();
  if (!own) return then(s, own.error());
  auto g = std::make_shared<Gathering>();
  for (auto& m : *own) {
    std::string name = m.name_;
    g->own.push_back({{{s.ownAccount(), {}, std::move(name)}, std::move(m)}});
  }
  if (others && s.offers("ACL")) g->owners = ph::Account::sharers(s.host(), s.accountName());
  if (g->owners.empty()) return then(s, std::move(g->own));
  g->viewer = s.accountName();
  const ph::Host& host = s.host();
  return s.job(
      ph::Pool::Disk,
      [g, &host] {
        for (const auto& owner : g->owners) gatherFrom(*g, host, owner);
      },
      [g, then](Session& session) { return then(session, join(*g)); });
}

}  // namespace ph_imap
