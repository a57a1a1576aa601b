#include "jobs/crew.hpp"

#include <system_error>

namespace posthouse::jobs {

std::list<Crew::Member> Crew::takeEnded() {
  std::list<Member> out;
  std::lock_guard lock(mutex_);
  for (auto i = members_.begin(); i != members_.end();) {
    const auto here = i++;
    if (here->ended->load()) out.splice(out.end(), members_, here);
  }
  return out;
}

bool Crew::start(std::function<void()> work) {
  for (auto& m : takeEnded()) m.thread.join();
  auto ended = std::make_shared<std::atomic<bool>>(false);
  std::lock_guard lock(mutex_);
  try {
    members_.push_back({std::thread([work = std::move(work), ended] {
                          work();
                          ended->store(true);
                        }),
                        ended});
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void Crew::join() {
  // Those who are waited for may start others.
  for (;;) {
    std::list<Member> all;
    {
      std::lock_guard lock(mutex_);
      all.swap(members_);
    }
    if (all.empty()) return;
    for (auto& m : all) m.thread.join();
  }
}

void Crew::abandon() {
  for (auto& m : takeEnded()) m.thread.join();
  std::lock_guard lock(mutex_);
  for (auto& m : members_) m.thread.detach();
  members_.clear();
}

}  // namespace posthouse::jobs
