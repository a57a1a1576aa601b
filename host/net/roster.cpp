#include "net/roster.hpp"

namespace posthouse::net {

void Roster::add(Entry entry) {
  std::lock_guard lock(mutex_);
  entries_.insert_or_assign(entry.id, std::move(entry));
}

void Roster::logIn(uint64_t id, std::string_view account) {
  std::lock_guard lock(mutex_);
  if (const auto i = entries_.find(id); i != entries_.end()) i->second.account = account;
}

void Roster::remove(uint64_t id) {
  std::lock_guard lock(mutex_);
  entries_.erase(id);
}

std::vector<Roster::Entry> Roster::all() const {
  std::lock_guard lock(mutex_);
  std::vector<Entry> out;
  for (const auto& [id, entry] : entries_) out.push_back(entry);
  return out;
}

}  // namespace posthouse::net
