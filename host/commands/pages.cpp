#include "commands/pages.hpp"

#include <algorithm>
#include <tuple>

#include "ph/text/utf8.hpp"

namespace posthouse::commands {
namespace {

constexpr size_t kMaxTitle = 60, kMaxHelp = 500, kMaxPath = 200;

bool isLine(const std::string& text, size_t most) {
  return text.size() <= most && ph::text::isUtf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

}  // namespace

ph::Status Pages::add(const void* owner, Page page) {
  if (page.title.empty() || !isLine(page.title, kMaxTitle) || !isLine(page.help, kMaxHelp))
    return ph::Error{ph::Kind::Invalid, "a page needs a title, on one line"};
  if (!isLine(page.path, kMaxPath) || (!page.path.empty() && (page.path[0] != '/' || page.path.starts_with("//"))))
    return ph::Error{ph::Kind::Invalid, "'" + page.path + "' is not a path"};
  if (page.path.empty() && !page.admin) return ph::Error{ph::Kind::Invalid, "the form of options is for admins"};
  std::lock_guard lock(mutex_);
  const auto before = [](const Page& a, const Page& b) {
    return std::tie(a.title, a.plugin) < std::tie(b.title, b.plugin);
  };
  for (const auto& e : entries_) {
    if (e.page.plugin == page.plugin && e.page.title == page.title)
      return ph::Error{ph::Kind::Conflict, "there is a page '" + page.title + "' already"};
  }
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return before(page, e.page); });
  entries_.insert(at, {owner, std::move(page)});
  return {};
}

void Pages::remove(const void* owner) {
  std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const Entry& e) { return e.owner == owner; });
}

std::vector<Page> Pages::all() const {
  std::lock_guard lock(mutex_);
  std::vector<Page> out;
  for (const auto& e : entries_) out.push_back(e.page);
  return out;
}

bool Pages::hasForm(const std::string& plugin) const {
  std::lock_guard lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& e) { return e.page.plugin == plugin && e.page.path.empty(); });
}

}  // namespace posthouse::commands
