// A maildir, in a folder or an archive: Maildir++ or folders in folders.
// It is gone through twice: first for the names of its folders and their keywords, which a message's name refers to.
#include <ctime>
#include <map>

#include "transfer/entries.hpp"
#include "transfer/maildir_names.hpp"
#include "transfer/sources.hpp"

namespace posthouse::transfer {
namespace {

constexpr std::size_t kMaxMessage = 256 << 20;
constexpr std::size_t kMaxSmall = 1 << 20;

// "Maildir/.Work/cur/name": the folder "Maildir/.Work/", and where in it. Nothing: not a message's place.
struct Place {
  std::string folder, kind, name;
};
Place placeOf(const std::string& path) {
  Place p;
  const auto slash = path.rfind('/');
  p.name = path.substr(slash == std::string::npos ? 0 : slash + 1);
  const auto folder = slash == std::string::npos ? "" : path.substr(0, slash);
  const auto last = folder.rfind('/');
  p.kind = folder.substr(last == std::string::npos ? 0 : last + 1);
  if (p.kind == "cur" || p.kind == "new" || p.kind == "tmp") {
    p.folder = last == std::string::npos ? "" : folder.substr(0, last + 1);
  } else {
    p.folder = folder.empty() ? "" : folder + "/";
    p.kind.clear();
  }
  return p;
}

class Maildir {
 public:
  Maildir(const ImportOptions& options, Importer& importer) : options_(options), importer_(importer) {}

  ph::Status run() {
    if (options_.path == "-")
      return ph::Error{ph::Kind::Invalid, "a maildir cannot be read from standard input: it is gone through twice"};
    if (auto done = survey(); !done) return done;
    if (folders_.empty()) return ph::Error{ph::Kind::Invalid, options_.path + ": holds no maildir (cur, new)"};
    root_ = maildirRoot(folders_);
    std::set<std::string> subscribed;
    for (const auto& line : subscriptions_) subscribed.insert(mailboxOfMaildir(line));
    for (const auto& folder : folders_) {
      const auto name = mailbox(folder);
      if (auto done = importer_.folder({name, store::Use::None, subscriptions_.empty() || subscribed.contains(name)});
          !done)
        return done;
    }
    if (auto done = messages(); !done) return done;
    return importer_.flush();
  }

 private:
  std::string mailbox(const std::string& folder) const {
    auto name = mailboxOfMaildir(std::string_view(folder).substr(std::min(root_.size(), folder.size())));
    if (options_.mailbox.empty()) return name;
    return name == "INBOX" ? options_.mailbox : options_.mailbox + "/" + name;
  }

  ph::Status survey() {
    auto entries = openEntries(options_.path);
    if (!entries) return entries.error();
    if ((*entries)->single()) return ph::Error{ph::Kind::Invalid, options_.path + ": is no folder, zip or tgz"};
    if (auto folder = openFolder(options_.path,
                                 [this](const std::string& path) {
                                   const auto place = placeOf(path + "x");
                                   if (!place.kind.empty()) folders_.insert(place.folder);
                                   return place.kind.empty();
                                 });
        folder && !(*folder)->single())
      entries = std::move(folder);
    Entry entry;
    for (;;) {
      const auto more = (*entries)->next(entry);
      if (!more) {
        if (more.error().kind == ph::Kind::Permanent) return {};  // the second time says so
        continue;
      }
      if (!*more) return {};
      const auto place = placeOf(entry.path);
      // Maildir++ marks folders with it: one that is empty has no other file in an archive.
      if (!place.kind.empty() || place.name == "maildirfolder") {
        folders_.insert(place.folder);
      } else if (place.name == "dovecot-keywords" || place.name == "subscriptions") {
        const auto text = (*entries)->readAll(kMaxSmall);
        if (!text) continue;
        if (place.name == "dovecot-keywords") {
          keywords_[place.folder] = parseKeywords(*text);
        } else {
          readSubscriptions(*text);
        }
      }
    }
  }

  void readSubscriptions(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      const auto nl = std::min(text.find('\n', at), text.size());
      const auto line = text.substr(at, nl - at);
      at = nl + 1;
      // Dovecot's second version begins with a line that says so, and separates levels by tabs.
      if (line.empty() || line.starts_with("V\t")) continue;
      auto name = line;
      for (auto& c : name) c = c == '\t' ? '/' : c;
      subscriptions_.push_back(name == "INBOX" ? "" : name.find('/') == std::string::npos ? "." + name : name);
    }
  }

  ph::Status messages() {
    auto entries = openEntries(options_.path);
    if (!entries) return entries.error();
    Entry entry;
    for (;;) {
      const auto more = (*entries)->next(entry);
      if (!more) {
        importer_.problem(more.error().text);
        if (more.error().kind == ph::Kind::Permanent) return {};
        continue;
      }
      if (!*more) return {};
      const auto place = placeOf(entry.path);
      if ((place.kind != "cur" && place.kind != "new") || place.name.starts_with('.')) continue;
      auto bytes = (*entries)->readAll(kMaxMessage);
      if (!bytes || bytes->empty()) {
        importer_.problem(entry.path + ": " + (bytes ? "is empty" : bytes.error().text));
        continue;
      }
      const auto name = parseMaildirName(place.name, keywords_[place.folder]);
      Parcel p;
      p.mailbox = mailbox(place.folder);
      p.flags = name.flags;
      p.keywords = name.keywords;
      p.date = entry.modified != 0 ? entry.modified : std::time(nullptr);
      p.key = keyOf({"maildir", p.mailbox, name.base});
      p.bytes = withCrlf(std::move(*bytes));
      if (auto done = importer_.add(std::move(p), entry.path); !done) return done;
    }
  }

  const ImportOptions& options_;
  Importer& importer_;
  std::set<std::string> folders_;
  std::string root_;
  std::map<std::string, KeywordLetters> keywords_;
  std::vector<std::string> subscriptions_;
};

}  // namespace

ph::Status importMaildir(const ImportOptions& options, Importer& importer) {
  return Maildir(options, importer).run();
}

}  // namespace posthouse::transfer
