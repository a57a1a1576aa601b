// Pulling an account from another IMAP server: mailboxes with their special uses and subscriptions, messages with
// flags, keywords and INTERNALDATE. A message is known by mailbox, UIDVALIDITY and UID, so a run goes on where one was
// ended, and gets what came since. RFC 9051 6.3.2, 6.3.9, 6.4.5; RFC 6154; RFC 2342 (NAMESPACE).
#include "transfer/import_imap.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "ph/date/date.hpp"
#include "ph/imap/utf7.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::transfer {
namespace {

constexpr std::uint64_t kFetchBytes = 4 << 20;
constexpr std::size_t kFetchMessages = 100;

struct Remote {
  std::string name;  // as the server says it
  std::string target;
  store::Use use = store::Use::None;
};

struct Header {
  std::uint32_t uid = 0;
  std::uint32_t flags = 0;
  std::vector<std::string> keywords;
  ph::date::DateTime date;
  std::uint64_t size = 0;
};

struct Attribute {
  const char* name;
  store::Use use;
};
constexpr Attribute kUses[] = {{"\\Archive", store::Use::Archive}, {"\\Drafts", store::Use::Drafts},
                               {"\\Junk", store::Use::Junk},       {"\\Sent", store::Use::Sent},
                               {"\\Trash", store::Use::Trash},     {"\\All", store::Use::All},
                               {"\\Flagged", store::Use::Flagged}};
constexpr std::pair<const char*, std::uint32_t> kFlags[] = {{"\\Seen", store::kSeen},
                                                            {"\\Answered", store::kAnswered},
                                                            {"\\Flagged", store::kFlagged},
                                                            {"\\Deleted", store::kDeleted},
                                                            {"\\Draft", store::kDraft}};

template <class Int>
Int number(const std::string& text) {
  Int value = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool is(const ImapValue& value, std::string_view word) {
  return ph::text::equalsNoCase(value.text, word);
}

class Pull {
 public:
  Pull(const ImapImport& options, Peer& peer, Importer& importer)
      : options_(options), peer_(peer), importer_(importer), client_(kMaxMessage) {}

  ph::Status run() {
    if (auto done = client_.open(options_.server); !done) return done;
    if (auto done = list(); !done) return done;
    for (const auto& mailbox : mailboxes_) {
      if (auto done = importer_.folder({mailbox.target, mailbox.use, subscribed_.contains(mailbox.name)}); !done)
        return done;
      if (auto done = pull(mailbox); !done) return done;
      if (auto done = importer_.flush(); !done) return done;
    }
    return importer_.flush();
  }

 private:
  static constexpr std::size_t kMaxMessage = 256 << 20;

  ph::Status list() {
    if (client_.can("NAMESPACE")) {
      auto done = client_.command("NAMESPACE", [this](std::vector<ImapValue>& v) {
        if (v.size() > 1 && is(v[0], "NAMESPACE") && v[1].isList() && !v[1].items.empty() && v[1].items[0].isList() &&
            !v[1].items[0].items.empty())
          prefix_ = v[1].items[0].items[0].text;
        return ph::Status();
      });
      if (!done) return done;
    }
    const auto folders = peer_.folders();
    if (!folders) return folders.error();
    const bool asks = client_.can("LIST-EXTENDED") && client_.can("SPECIAL-USE");
    auto done = client_.command(asks ? "LIST \"\" \"*\" RETURN (SPECIAL-USE)" : "LIST \"\" \"*\"",
                                [&](std::vector<ImapValue>& v) {
                                  if (v.size() >= 4 && is(v[0], "LIST")) add(v, *folders);
                                  return ph::Status();
                                });
    if (!done) return done;
    if (mailboxes_.empty() && !options_.mailbox.empty())
      return ph::Error{ph::Kind::NotFound, "the server has no mailbox " + options_.mailbox};
    done = client_.command("LSUB \"\" \"*\"", [this](std::vector<ImapValue>& v) {
      if (v.size() >= 4 && is(v[0], "LSUB")) subscribed_.insert(v[3].text);
      return ph::Status();
    });
    return !done && done.error().kind == ph::Kind::Permanent ? ph::Status() : done;
  }

  void add(const std::vector<ImapValue>& v, const std::vector<Folder>& folders) {
    Remote r{v[3].text, {}, store::Use::None};
    for (const auto& a : v[1].items) {
      if (is(a, "\\Noselect") || is(a, "\\NonExistent")) return;
      for (const auto& known : kUses)
        if (is(a, known.name)) r.use = known.use;
    }
    r.target = localName(r.name, v[2].text);
    if (!options_.mailbox.empty() && options_.mailbox != r.target && options_.mailbox != r.name) return;
    // They only show what is elsewhere.
    if ((r.use == store::Use::All || r.use == store::Use::Flagged) && options_.mailbox.empty()) {
      importer_.problem(r.name + ": shows messages of other mailboxes, left out; --mailbox gets it");
      return;
    }
    if (r.use != store::Use::None)
      for (const auto& f : folders)
        if (f.use == r.use) r.target = f.name;
    mailboxes_.push_back(std::move(r));
  }

  std::string localName(std::string name, const std::string& delimiter) const {
    if (ph::text::equalsNoCase(name, "INBOX")) return "INBOX";
    if (!prefix_.empty() && name.size() > prefix_.size() && name.starts_with(prefix_)) name.erase(0, prefix_.size());
    const auto decoded = ph::imap::decodeUtf7(name);
    if (decoded) name = *decoded;
    for (auto& c : name) {
      if (c == '/' && delimiter != "/") {
        c = '_';
      } else if (delimiter.size() == 1 && c == delimiter[0]) {
        c = '/';
      }
    }
    return name;
  }

  ph::Status pull(const Remote& mailbox) {
    const auto name = quotedImap(mailbox.name);
    if (name.empty()) {
      importer_.problem("a mailbox has a name that cannot be said, left out");
      return {};
    }
    std::string validity;
    std::uint64_t exist = 0;
    auto opened = client_.command("EXAMINE " + name, [&](std::vector<ImapValue>& v) {
      if (v.size() >= 2 && is(v[0], "UIDVALIDITY")) validity = v[1].text;
      if (v.size() >= 2 && is(v[1], "EXISTS")) exist = number<std::uint64_t>(v[0].text);
      return ph::Status();
    });
    if (!opened && opened.error().kind == ph::Kind::Permanent) {
      importer_.problem(mailbox.name + ": " + opened.error().text);
      return {};
    }
    if (!opened || exist == 0) return opened;
    std::vector<Header> headers;
    auto listed = client_.command("UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)", [&](std::vector<ImapValue>& v) {
      if (v.size() >= 3 && is(v[1], "FETCH")) {
        auto h = header(v[2]);
        if (h.uid != 0) headers.push_back(std::move(h));
      }
      return ph::Status();
    });
    if (!listed) return listed;
    std::sort(headers.begin(), headers.end(), [](const auto& a, const auto& b) { return a.uid < b.uid; });
    for (std::size_t from = 0; from < headers.size();) {
      const auto to = std::min(from + kBatchMessages, headers.size());
      if (auto done = fetchUnknown(
              mailbox, validity,
              {headers.begin() + static_cast<std::ptrdiff_t>(from), headers.begin() + static_cast<std::ptrdiff_t>(to)});
          !done)
        return done;
      from = to;
    }
    return {};
  }

  static Header header(const ImapValue& items) {
    Header h;
    if (const auto* uid = items.find("UID")) h.uid = number<std::uint32_t>(uid->text);
    if (const auto* size = items.find("RFC822.SIZE")) h.size = number<std::uint64_t>(size->text);
    if (const auto* date = items.find("INTERNALDATE")) {
      const auto parsed = ph::date::parseImapDateTime(date->text);
      if (parsed) h.date = *parsed;
    }
    if (const auto* flags = items.find("FLAGS")) {
      for (const auto& f : flags->items) {
        const auto* known =
            std::find_if(std::begin(kFlags), std::end(kFlags), [&](const auto& k) { return is(f, k.first); });
        if (known != std::end(kFlags)) {
          h.flags |= known->second;
        } else if (!f.text.starts_with('\\')) {
          h.keywords.push_back(f.text);
        }
      }
    }
    return h;
  }

  std::string keyFor(const Remote& mailbox, const std::string& validity, std::uint32_t uid) const {
    return keyOf({"imap", options_.server.host, options_.server.user, mailbox.name, validity, std::to_string(uid)});
  }

  ph::Status fetchUnknown(const Remote& mailbox, const std::string& validity, const std::vector<Header>& headers) {
    std::vector<std::string> keys;
    for (const auto& h : headers) keys.push_back(keyFor(mailbox, validity, h.uid));
    const auto known = peer_.known(keys);
    if (!known) return known.error();
    std::map<std::uint32_t, const Header*> wanted;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < headers.size(); ++i) {
      if ((*known)[i]) {
        importer_.had(1);
        continue;
      }
      wanted[headers[i].uid] = &headers[i];
      bytes += headers[i].size;
      if (bytes < kFetchBytes && wanted.size() < kFetchMessages) continue;
      if (auto done = fetch(mailbox, validity, wanted); !done) return done;
      wanted.clear();
      bytes = 0;
    }
    return wanted.empty() ? ph::Status() : fetch(mailbox, validity, wanted);
  }

  ph::Status fetch(const Remote& mailbox, const std::string& validity, std::map<std::uint32_t, const Header*> wanted) {
    std::string set;
    for (const auto& [uid, h] : wanted) set += (set.empty() ? "" : ",") + std::to_string(uid);
    auto done =
        client_.command("UID FETCH " + set + " (UID BODY.PEEK[])", [&](std::vector<ImapValue>& v) -> ph::Status {
          if (v.size() < 3 || !is(v[1], "FETCH")) return {};
          const auto* uid = v[2].find("UID");
          const auto found = uid ? wanted.find(number<std::uint32_t>(uid->text)) : wanted.end();
          if (found == wanted.end()) return {};
          for (std::size_t i = 0; i + 1 < v[2].items.size(); i += 2) {
            if (!is(v[2].items[i], "BODY[]")) continue;
            const auto& h = *found->second;
            Parcel p;
            p.mailbox = mailbox.target;
            p.flags = h.flags;
            p.keywords = h.keywords;
            p.date = h.date.unixSeconds;
            p.zone = h.date.zoneMinutes;
            p.key = keyFor(mailbox, validity, h.uid);
            p.bytes = withCrlf(std::move(v[2].items[i + 1].text));
            const auto origin = mailbox.name + ", UID " + std::to_string(h.uid);
            wanted.erase(found);
            if (p.bytes.empty()) {
              importer_.problem(origin + ": is empty or too long");
              return {};
            }
            return importer_.add(std::move(p), origin);
          }
          return {};
        });
    if (!done) return done;
    // Expunged meanwhile, or the server has lost them.
    for (const auto& [uid, h] : wanted)
      importer_.problem(mailbox.name + ", UID " + std::to_string(uid) + ": the server does not give it");
    return {};
  }

  const ImapImport& options_;
  Peer& peer_;
  Importer& importer_;
  ImapClient client_;
  std::string prefix_;
  std::vector<Remote> mailboxes_;
  std::set<std::string> subscribed_;
};

}  // namespace

ph::Status importImap(const ImapImport& options, Peer& peer, Importer& importer) {
  return Pull(options, peer, importer).run();
}

}  // namespace posthouse::transfer
