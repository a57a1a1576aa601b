// The end of import and export at the store.
#include <algorithm>

#include "store/delivery_keys.hpp"
#include "transfer/peer.hpp"

namespace posthouse::transfer {
namespace {

using store::Uid;

class StorePeer final : public Peer {
 public:
  explicit StorePeer(std::shared_ptr<store::Account> account) : account_(std::move(account)) {}

  ph::Result<std::vector<bool>> known(const std::vector<std::string>& keys) override {
    return store::knownKeys(*account_, keys);
  }

  ph::Result<Outcome> put(const Batch& batch) override {
    for (const auto& f : batch.folders)
      if (auto done = make(f); !done) return done.error();
    Outcome outcome;
    for (std::size_t from = 0; from < batch.parcels.size();) {
      std::uint64_t bytes = 0;
      std::size_t to = from;
      for (; to < batch.parcels.size() && to - from < kBatchMessages; ++to) {
        bytes += batch.parcels[to].bytes.size();
        if (to > from && bytes > kBatchBytes) break;
      }
      if (auto done = append(batch, from, to, outcome); !done) return done.error();
      from = to;
    }
    return outcome;
  }

  ph::Result<std::vector<Folder>> folders() override {
    const auto mailboxes = account_->mailboxes();
    if (!mailboxes) return mailboxes.error();
    std::vector<Folder> out;
    for (const auto& m : *mailboxes)
      if (m.exists) out.push_back({m.name, m.use, m.subscribed});
    return out;
  }

  ph::Result<Page> get(const std::string& name, Uid from) override {
    const auto mailbox = account_->mailbox(name);
    if (!mailbox) return mailbox.error();
    Page page;
    std::uint64_t bytes = 0;
    const auto batch = account_->query(mailbox->id, from, 0xffffffff, store::kKeywords | store::kSize, kBatchMessages);
    if (!batch) return batch.error();
    page.next = batch->next;
    for (const auto& row : batch->rows) {
      if (!page.parcels.empty() && bytes + row.size > kBatchBytes) {
        page.next = row.uid;
        break;
      }
      auto p = read(row);
      if (!p) {
        // Expunged since; anything else is damage that the rest of the mail must not suffer from.
        if (p.error().kind != ph::Kind::NotFound)
          page.problems.push_back(name + ", UID " + std::to_string(row.uid) + ": " + p.error().text);
        continue;
      }
      p->mailbox = name;
      bytes += p->bytes.size();
      page.parcels.push_back(std::move(*p));
    }
    return page;
  }

 private:
  ph::Result<Parcel> read(const store::Row& row) {
    const auto file = account_->open(row.id);
    if (!file) return file.error();
    Parcel p;
    p.bytes.resize(file->size());
    const auto got = file->read(0, p.bytes.data(), p.bytes.size());
    if (!got) return got.error();
    p.bytes.resize(*got);
    p.flags = row.flags;
    for (std::size_t at = 0; at < row.keywords.size();) {
      const auto end = std::min(row.keywords.find(' ', at), row.keywords.size());
      p.keywords.push_back(row.keywords.substr(at, end - at));
      at = end + 1;
    }
    p.date = row.date;
    p.zone = row.zone;
    return p;
  }

  // What the account has itself goes first: a special use is not taken from a mailbox.
  ph::Status make(const Folder& f) {
    const auto mailboxes = account_->mailboxes();
    if (!mailboxes) return mailboxes.error();
    const bool taken = std::any_of(mailboxes->begin(), mailboxes->end(), [&](const auto& m) { return m.use == f.use; });
    const auto use = taken ? store::Use::None : f.use;
    const auto made = account_->createMailbox(f.name, use);
    if (!made && made.error().kind == ph::Kind::Conflict) {
      const auto there = account_->mailbox(f.name);
      if (there && there->use == store::Use::None && use != store::Use::None && f.name != "INBOX")
        if (auto done = account_->setUse(f.name, use); !done) return done;
    } else if (!made) {
      return made.error().kind == ph::Kind::Invalid ? ph::Status() : made.error();  // each of its messages says so
    }
    return f.subscribed ? account_->subscribe(f.name, true) : ph::Status();
  }

  ph::Status append(const Batch& batch, std::size_t from, std::size_t to, Outcome& outcome) {
    std::vector<store::AppendRequest> requests;
    for (std::size_t i = from; i < to; ++i) {
      const auto& p = batch.parcels[i];
      store::AppendRequest r;
      r.mailbox = p.mailbox;
      r.createMailbox = true;
      r.message = p.bytes;
      r.flags = {p.flags, p.keywords};
      r.date = p.date;
      r.zone = p.zone;
      r.deliveryKey = p.key;
      requests.push_back(std::move(r));
    }
    const auto results = account_->appendEach(requests);
    for (std::size_t i = 0; i < results.size(); ++i) {
      const auto& result = results[i];
      if (result) {
        ++(result->duplicate ? outcome.known : outcome.stored);
        continue;
      }
      auto done = again(requests[i], result.error(), from + i, outcome);
      if (!done) return done;
    }
    return {};
  }

  // A message that is not stored because of its keywords is stored without them.
  ph::Status again(store::AppendRequest& request, ph::Error error, std::size_t which, Outcome& outcome) {
    const bool mayBeKeywords = error.kind == ph::Kind::Invalid || error.kind == ph::Kind::Limit;
    if (mayBeKeywords && !request.flags.keywords.empty()) {
      request.flags.keywords.clear();
      const auto result = account_->append(request);
      if (result) {
        ++(result->duplicate ? outcome.known : outcome.stored);
        outcome.refused.emplace_back(which, "stored without its keywords: " + error.text);
        return {};
      }
      error = result.error();
    }
    constexpr std::size_t kLargest = 256 << 20;
    const bool stop = error.kind == ph::Kind::Quota || error.kind == ph::Kind::Temporary ||
                      (error.kind == ph::Kind::Limit && request.message.size() <= kLargest);
    if (stop) return error;
    outcome.refused.emplace_back(which, error.text);
    return {};
  }

  const std::shared_ptr<store::Account> account_;
};

}  // namespace

std::unique_ptr<Peer> storePeer(std::shared_ptr<store::Account> account) {
  return std::make_unique<StorePeer>(std::move(account));
}

}  // namespace posthouse::transfer
