#include "metadata_news.hpp"

#include <algorithm>
#include <map>

#include "metadata.hpp"
#include "session.hpp"

namespace ph_imap {

MetadataNews::MetadataNews(Session& s) : host_(s.host()), account_(s.account()), session_(s.id()) {
  // First the watch, then the first look: no change falls between.
  if (account_.api().watch(account_.raw(), &MetadataNews::changed, this, &watch_) != PH_OK) watch_ = 0;
  if (const auto all = account_.annotationsSince(0)) {
    for (const auto& a : *all) told_ = std::max(told_, a.modseq);
  }
}

MetadataNews::~MetadataNews() {
  if (watch_ != 0) account_.api().unwatch(account_.raw(), watch_);
}

// Any thread.
void MetadataNews::changed(void* self, uint64_t, uint64_t) {
  auto& n = *static_cast<MetadataNews*>(self);
  n.dirty_ = true;
  n.host_.session->wake(n.host_.raw(), n.session_);
}

void MetadataNews::own(uint64_t mailbox, const std::vector<ph::Annotation>& changes) {
  for (auto a : changes) {
    a.mailboxId = mailbox;
    own_.push_back(std::move(a));
  }
}

// Whether it still has the value that the session gave it last.
bool MetadataNews::isOwn(const ph::Annotation& a) const {
  const auto mine = std::find_if(own_.rbegin(), own_.rend(), [&](const ph::Annotation& o) {
    return o.mailboxId == a.mailboxId && o.entry == a.entry;
  });
  if (mine == own_.rend()) return false;
  const auto now = account_.annotations(a.mailboxId);
  if (!now) return false;
  const auto found =
      std::find_if(now->begin(), now->end(), [&](const ph::Annotation& o) { return o.entry == a.entry; });
  return (found == now->end() ? std::nullopt : found->value) == mine->value;
}

void MetadataNews::tell(Session& s) {
  if (!dirty_.exchange(false)) return;
  const auto changed = account_.annotationsSince(told_);
  if (!changed) return;
  std::map<uint64_t, std::vector<std::string>> entries;
  for (const auto& a : *changed) {
    told_ = std::max(told_, a.modseq);
    if (!isOwn(a)) entries[a.mailboxId].push_back(a.entry);
  }
  own_.clear();
  if (entries.empty()) return;
  if (const auto found = entries.find(0); found != entries.end()) writeChangedEntries(s, {}, found->second);
  const auto mailboxes = account_.mailboxes();
  if (!mailboxes) return;
  for (const auto& m : *mailboxes) {
    if (const auto found = entries.find(m.id); m.exists && found != entries.end()) {
      writeChangedEntries(s, m.name_, found->second);
    }
  }
}

}  // namespace ph_imap
