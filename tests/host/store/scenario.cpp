// The steps of scenario.hpp. Few ids per reservation, few files made ahead and few pages per checkpoint, so that all
// happens often.
#include "scenario.hpp"

#include <array>

#include "store/undelete.hpp"

namespace posthouse::store::testing {
namespace {

template <class T>
ph::Status statusOf(const ph::Result<T>& result) {
  return result ? ph::Status() : ph::Status(result.error());
}

std::string visible(Account& account, MessageId id) {
  const auto file = account.open(id);
  if (!file) return "(" + file.error().text + ")";
  std::string bytes(file->size(), '\0');
  const auto got = file->read(0, bytes.data(), bytes.size());
  return got ? bytes : "(" + got.error().text + ")";
}

}  // namespace

struct Scenario::Table {
  using Step = ph::Status (*)(Scenario&);

  static MailboxId box(Scenario& s, const char* name) {
    const auto mailbox = s.account_->mailbox(name);
    if (!mailbox && s.lookup_) s.lookup_ = mailbox.error();
    return mailbox ? mailbox->id : 0;
  }
  static ph::Status flags(Scenario& s, const char* mailbox, UidSet uids, std::uint32_t add,
                          std::vector<std::string> words) {
    return statusOf(s.account_->setFlags(box(s, mailbox), uids, {FlagChange::Add, {add, std::move(words)}, {}}));
  }
  // What could not be read is said, and waits for another try.
  static ph::Status restore(Scenario& s, const char* messageId) {
    RemovedFilter filter;
    filter.messageId = messageId;
    Undeleted done;
    const auto status = undelete(*s.account_, filter, done);
    return status && !done.said.empty() ? ph::Error{ph::Kind::Temporary, done.said.front()} : status;
  }
  // Never of the account, whose annotations have no mailbox.
  static ph::Status annotate(Scenario& s, const char* mailbox, const std::vector<Annotation>& changes) {
    const auto id = box(s, mailbox);
    return id == 0 ? s.lookup_ : s.account_->annotate(id, changes);
  }
  static ph::Status expunge(Scenario& s, const char* mailbox, UidSet uids) {
    return statusOf(s.account_->expunge(box(s, mailbox), uids, true));
  }

  static constexpr Step kSteps[] = {
      [](Scenario& s) {
        auto made = s.store_->openOrCreate("ann");
        if (made) s.account_ = *made;
        return statusOf(made);
      },
      [](Scenario& s) { return statusOf(s.append("one", "INBOX", "key one")); },
      [](Scenario& s) { return statusOf(s.append("two", "INBOX")); },
      [](Scenario& s) { return statusOf(s.append("three", "INBOX")); },
      [](Scenario& s) {
        return flags(s, "INBOX", {{1, 2}}, kSeen, {"Work"});
      },
      [](Scenario& s) { return statusOf(s.account_->createMailbox("Work/Sub")); },
      [](Scenario& s) {
        return statusOf(s.account_->copy(box(s, "INBOX"), {{1, 2}}, box(s, "Work/Sub")));
      },
      [](Scenario& s) {
        return statusOf(s.account_->move(box(s, "INBOX"), {{2, 2}}, box(s, "Archive")));
      },
      [](Scenario& s) {
        return flags(s, "INBOX", {{1, 1}}, kDeleted, {});
      },
      [](Scenario& s) { return statusOf(s.account_->expunge(box(s, "INBOX"), kAll)); },
      [](Scenario& s) { return statusOf(s.append("four", "Work")); },
      [](Scenario& s) { return statusOf(s.append("one", "INBOX", "key one")); },  // known
      [](Scenario& s) { return s.reopen(); },
      [](Scenario& s) { return statusOf(s.append("five", "INBOX")); },
      [](Scenario& s) {
        return expunge(s, "INBOX", {{4, 4}});
      },
      [](Scenario& s) { return s.account_->maintain(); },
      [](Scenario& s) { return s.account_->renameMailbox("Work", "Play"); },
      [](Scenario& s) { return flags(s, "Play/Sub", kAll, kFlagged, {}); },
      [](Scenario& s) { return s.account_->deleteMailbox("Play/Sub"); },
      [](Scenario& s) { return statusOf(s.append("six", "Archive")); },
      [](Scenario& s) { return flags(s, "Archive", kAll, kAnswered, {"Later"}); },
      [](Scenario& s) { return s.account_->subscribe("Archive", false); },
      [](Scenario& s) { return statusOf(s.append("seven", "INBOX")); },
      [](Scenario& s) { return statusOf(s.deliver("eight", "Rejects", true)); },
      [](Scenario& s) { return statusOf(s.deliver("eight", "Rejects", true)); },  // there already
      [](Scenario& s) { return statusOf(s.deliver("eight", "INBOX", false)); },   // the copy in Rejects goes
      [](Scenario& s) {
        const auto batch = s.account_->query(box(s, "Archive"), 1, 0xffffffff, kThread);
        if (!batch) return ph::Status(batch.error());
        if (batch->rows.empty()) return ph::Status();  // the mailbox could not be looked up: `run` says so
        return s.account_->setThread(batch->rows.at(0).thread, true, {});
      },
      [](Scenario& s) { return statusOf(s.append("nine", "Sent")); },
      [](Scenario& s) {
        return annotate(s, "Archive", {{0, "/shared/comment", "old mail"}, {0, "/private/comment", "x"}});
      },
      [](Scenario& s) {
        return s.account_->annotate(0, {{0, "/private/comment", std::string(5000, 'y')}});
      },
      [](Scenario& s) {
        return statusOf(s.appendAll({"ten", "eleven", "twelve"}, {}));
      },
      [](Scenario& s) {
        const auto inbox = box(s, "INBOX");
        const auto view = s.account_->view(inbox);
        if (!view) return ph::Status(view.error());
        return statusOf(s.appendAll({"thirteen"}, Replaced{inbox, (*view)->uidAt((*view)->count())}));
      },
      [](Scenario& s) {
        return annotate(s, "Archive", {{0, "/private/comment", {}}, {0, "/shared/comment", "older"}});
      },
      [](Scenario& s) {
        const auto bumped = s.account_->bumpUidValidity("Sent");
        return statusOf(bumped);
      },
      [](Scenario& s) {
        s.keepRemoved_ = 100;
        s.applySettings();
        return statusOf(s.deliver("ten", "Play/Gone", false));
      },
      [](Scenario& s) { return statusOf(s.append("eleven", "Sent")); },
      [](Scenario& s) {
        return expunge(s, "Sent", {{2, 2}});
      },
      [](Scenario& s) { return s.account_->deleteMailbox("Play/Gone"); },
      [](Scenario& s) { return s.account_->maintain(); },
      [](Scenario& s) { return s.reopen(); },
      [](Scenario& s) { return restore(s, "ten@example.org"); },
      [](Scenario& s) { return restore(s, "eleven@example.org"); },
      [](Scenario& s) {
        return expunge(s, "Sent", {{3, 3}});
      },
      [](Scenario& s) {
        s.keepRemoved_ = 0;
        s.applySettings();
        return s.account_->maintain();
      },
  };
};

Scenario::Scenario(env::Env& env) : env_(env), options_(testOptions()) {
  options_.idRange = 2;
  options_.placesAfter = 2;
  options_.places = 2;
  options_.checkpointPages = 12;
  makeStore();
}

void Scenario::makeStore() {
  store_ = std::make_unique<Store>(env_, "data", options_);
  applySettings();
}

void Scenario::applySettings() {
  AccountSettings settings;
  settings.quota = 1 << 20;
  settings.rejectsMailbox = "Rejects";
  settings.keepRemoved = keepRemoved_;
  store_->setSettings({{"ann", std::make_shared<const AccountSettings>(settings)}});
}

Scenario::~Scenario() = default;

std::size_t Scenario::steps() {
  return std::size(Table::kSteps);
}

ph::Status Scenario::run(std::size_t step) {
  lookup_ = {};
  const auto status = Table::kSteps[step](*this);
  return lookup_ ? status : lookup_;
}

std::size_t Scenario::runAll(std::size_t from) {
  while (from < steps() && run(from)) ++from;
  return from;
}

void Scenario::close() {
  account_.reset();
  store_.reset();
}

ph::Status Scenario::reopen() {
  account_.reset();
  if (store_) {
    store_->closeIdle(0);
  } else {
    makeStore();
  }
  auto account = store_->open("ann");
  if (!account) return account.error();
  account_ = *account;
  return {};
}

ph::Result<Appended> Scenario::append(const std::string& subject, const std::string& mailbox, const std::string& key) {
  const auto message = text(subject, 1500);
  auto r = request(message, mailbox);
  r.deliveryKey = key;
  auto done = account_->append(r);
  if (done) highestId_ = std::max(highestId_, done->id);
  return done;
}

ph::Result<std::vector<Appended>> Scenario::appendAll(const std::vector<std::string>& subjects,
                                                      std::optional<Replaced> replaced) {
  std::vector<std::string> messages;
  for (const auto& subject : subjects) messages.push_back(text(subject, 1500));
  std::vector<AppendRequest> requests;
  for (const auto& message : messages) requests.push_back(request(message, "INBOX"));
  auto done = account_->appendAll(requests, replaced);
  if (done) highestId_ = std::max(highestId_, done->back().id);
  return done;
}

ph::Result<Appended> Scenario::deliver(const std::string& subject, const std::string& mailbox, bool reject) {
  const auto message = text(subject, 1500);
  auto r = request(message, mailbox);
  r.createMailbox = true;
  r.prefix = "Subject: seven\r\nReferences: <seven@example.org>\r\n";
  r.delivery.emplace();
  r.delivery->from = {"jane", "example.org"};
  r.delivery->dkimDomains = {"example.org"};
  r.delivery->isReject = reject;
  r.delivery->destined = "INBOX";
  auto done = account_->append(r);
  if (done) highestId_ = std::max(highestId_, done->id);
  return done;
}

ph::Result<std::string> Scenario::state() {
  if (!account_) return std::string("no account");
  const auto mailboxes = account_->mailboxes();
  if (!mailboxes) return mailboxes.error();
  std::string all;
  const auto annotations = account_->annotations(0);
  if (!annotations) return annotations.error();
  for (const auto& a : *annotations) all += a.entry + "=" + std::to_string(std::hash<std::string>()(*a.value)) + "\n";
  for (const auto& m : *mailboxes) {
    const auto own = account_->annotations(m.id);
    if (!own) return own.error();
    for (const auto& a : *own) all += m.name + a.entry + "=" + *a.value + "\n";
    all += m.name + " id=" + std::to_string(m.id) + " validity=" + std::to_string(m.uidValidity) +
           " next=" + std::to_string(m.uidNext) + " modseq=" + std::to_string(m.highestModSeq) +
           " size=" + std::to_string(m.size) + " n=" + std::to_string(m.messages) +
           " unseen=" + std::to_string(m.unseen) + " subscribed=" + std::to_string(m.subscribed) + "\n";
    for (Uid next = 1; next != 0;) {
      const auto batch = account_->query(m.id, next, 0xffffffff, kKeywords | kSize | kThread);
      if (!batch) return batch.error();
      for (const auto& row : batch->rows) {
        const auto thread = account_->thread(row.thread);  // its id depends on how often an append was tried
        if (!thread) return thread.error();
        all += "  " + std::to_string(row.uid) + " modseq=" + std::to_string(row.modSeq) +
               " flags=" + std::to_string(row.flags) + " [" + row.keywords + "] " +
               std::to_string(std::hash<std::string>()(visible(*account_, row.id))) + " " + std::to_string(row.size) +
               " thread of " + std::to_string(thread->messages.size()) + (thread->muted ? " muted" : "") + "\n";
      }
      next = batch->next;
    }
    const auto view = account_->view(m.id);
    if (!view) return view.error();
    if ((*view)->count() != m.messages) all += "  the view differs\n";
  }
  const auto removed = listRemoved(*account_, {});
  if (!removed) return removed.error();
  for (const auto& r : *removed)
    all += "removed " + r.mailbox + " " + std::to_string(r.uid) + " [" + r.keywords + "] " + r.messageId + " " +
           std::to_string(r.size) + "\n";
  return all;
}

}  // namespace posthouse::store::testing
