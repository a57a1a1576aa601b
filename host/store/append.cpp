// Account::append and appendAll: files are written and synced by the calling thread, linked and committed by the group.
#include <algorithm>
#include <deque>

#include "store/account.hpp"
#include "store/cold.hpp"
#include "store/core.hpp"
#include "store/deliveries.hpp"
#include "store/hash.hpp"
#include "store/junk_flags.hpp"
#include "store/mailbox_names.hpp"
#include "store/memory_gate.hpp"
#include "store/meta.hpp"
#include "store/packed.hpp"
#include "store/rejects.hpp"
#include "store/removal.hpp"

namespace posthouse::store {
namespace {

constexpr std::size_t kMaxHeader = 256 * 1024;

class Append final : public Change {
 public:
  // `bytes`: the visible message.
  Append(const AppendRequest& request, const Meta& meta, std::size_t offset, const std::string& bytes,
         Description description, const Options& options)
      : request_(request),
        meta_(meta),
        offset_(offset),
        size_(bytes.size()),
        description_(std::move(description)),
        options_(options) {
    header_ = bytes.substr(0, std::min(description_.headerSize, kMaxHeader));
  }

  // The file is where it stays already.
  void inPlace() { placed_ = linked_ = true; }
  // Makes files for later appends with the same syncs.
  void makePlaces() { makesPlaces_ = true; }
  bool makesPlaces() const { return makesPlaces_; }
  // It is one of several, whose quota is judged together.
  void judged() { judged_ = true; }
  std::uint64_t size() const { return size_; }
  // Whether the file is gone for good; after a commit without a clear end nobody knows yet.
  bool removed() const { return !linked_; }

  ph::Status prepare(Core& core, std::set<std::string>& folders) override {
    if (makesPlaces_ && !core.places.make(folders)) {
      core.places.offer(false);
      makesPlaces_ = false;
    }
    if (placed_) return {};
    if (auto done = core.ensureGroup(meta_.id, folders); !done) return done;
    auto done = core.env.link(core.temporaryPath(meta_.id), core.messagePath(meta_.id));
    linked_ = done.ok();
    return done;
  }

  ph::Status apply(Step& step) override {
    if (!request_.deliveryKey.empty()) {
      const auto known = findKey(step);
      if (!known) return known.error();
      if (*known) return {};
    }
    auto mailbox = step.mailbox(meta_.mailbox);
    if (!mailbox && mailbox.error().kind == ph::Kind::NotFound && request_.createMailbox) {
      const auto made = makeMailbox(step, meta_.mailbox, Use::None);
      if (!made) return made.error();
      mailbox = step.mailbox(*made);
    }
    if (!mailbox) return mailbox.error();
    auto& m = **mailbox;
    if (isReject()) {
      const auto keepKeys = options_.keepDeliveryKeys;
      const auto admitted = admitReject(step, m, description_.ancestry, meta_.hash, keepKeys, garbage);
      if (!admitted) return admitted.error();
      if (!*admitted) {
        result = {0, m.id, 0, m.uidValidity, 0, true};
        return {};
      }
    }
    if (!judged_)
      if (auto done = step.checkQuota(size_); !done) return done;
    const auto uid = step.newUid(m);
    if (!uid) return uid.error();
    const auto words = step.keywords(m.id, keywordsIn(m, step.settings));
    if (!words) return words.error();
    const auto thread = insertCold(step, meta_, offset_, size_, description_);
    if (!thread) return thread.error();
    const auto flags = (request_.flags.flags & kAllFlags) | (thread->muted || isReject() ? kSeen : 0U);

    db::Scoped hot(step.db.cached("INSERT INTO messages VALUES(?,?,?,?,?,?,?)"));
    hot->bind(1, m.id).bind(2, *uid).bind(3, meta_.id).bind(4, step.modSeq).bind(5, flags).bind(7, step.now);
    if (!words->empty()) hot->text(6, *words);
    if (auto done = hot->run(); !done) return done;
    if (auto done = remember(step, m); !done) return done;
    if (!request_.deliveryKey.empty()) {
      db::Scoped key(step.db.cached("INSERT INTO delivery_keys VALUES(?,?,?,?,?,NULL)"));
      key->blob(1, request_.deliveryKey).bind(2, meta_.id).bind(3, m.id).bind(4, *uid).bind(5, m.uidValidity);
      if (auto done = key->run(); !done) return done;
    }
    count(m, flags, size_, 1);
    step.touch(m, Notice::Arrived).added.push_back(*uid);
    result = {meta_.id, m.id, *uid, m.uidValidity, step.modSeq, false};
    return {};
  }

  void undo(Core& core) override {
    if (linked_) core.removeFile(meta_.id);
    linked_ = false;
  }
  // A duplicate's file was linked for nothing.
  void finish(Core& core) override {
    if (result.duplicate) undo(core);
  }
  void unsure(Core& core) override { core.keepUnsure(meta_.id); }

  Appended result;
  std::vector<MessageId> garbage;

 private:
  ph::Status remember(Step& step, const Mailbox& mailbox) {
    if (mailbox.use == Use::Sent) return insertRecipients(step, meta_.id, meta_.date, header_);
    if (!request_.delivery) return {};
    auto info = *request_.delivery;
    info.isReport = description_.ancestry.isReport;
    if (auto done = insertDelivery(step, meta_.id, mailbox.id, meta_.date, info); !done || isReject()) return done;
    return removeRejects(step, description_.ancestry.messageId, options_.keepDeliveryKeys, garbage);
  }

  bool isReject() const { return request_.delivery && request_.delivery->isReject; }

  // A client that says what it thinks of a message is believed, except in the Junk mailbox.
  std::vector<std::string> keywordsIn(const Mailbox& mailbox, const AccountSettings& settings) const {
    auto words = request_.flags.keywords;
    const auto given = junkStateOf(words);
    const auto state = junkStateOf(mailbox, settings);
    setJunkState(words, given == JunkState::Neutral || mailbox.use == Use::Junk ? state.value_or(given) : given);
    return words;
  }

  ph::Result<bool> findKey(Step& step) {
    db::Scoped row(step.db.cached("SELECT id,mailbox,uid,uidvalidity FROM delivery_keys WHERE key=?"));
    row->blob(1, request_.deliveryKey);
    const auto found = row->step();
    if (found && *found)
      result = {row->integer(0),
                row->integer(1),
                static_cast<Uid>(row->integer(2)),
                static_cast<Uid>(row->integer(3)),
                0,
                true};
    return found;
  }

  const AppendRequest& request_;
  const Meta& meta_;
  const std::size_t offset_;
  const std::size_t size_;
  const Description description_;
  const Options& options_;
  std::string header_;  // as much of it as is looked at
  bool linked_ = false;
  bool placed_ = false;
  bool makesPlaces_ = false;
  bool judged_ = false;
};

// Several messages, and what they replace, as one change: all or none.
class AppendAll final : public Change {
 public:
  AppendAll(std::optional<Replaced> replaced, std::int64_t keepKeys) : replaced_(replaced), keepKeys_(keepKeys) {}

  // The parts must stay where they are until the commit ended.
  void add(std::unique_ptr<Append> part) {
    part->judged();
    parts.push_back(std::move(part));
  }

  ph::Status prepare(Core& core, std::set<std::string>& folders) override {
    for (auto& part : parts)
      if (auto done = part->prepare(core, folders); !done) return done;
    return {};
  }

  // RFC 8508 3.4: only what is more than before counts against the quota.
  ph::Status apply(Step& step) override {
    std::uint64_t more = 0, less = 0;
    std::vector<HotRow> old;
    Mailbox* from = nullptr;
    if (replaced_) {
      const auto mailbox = step.mailbox(replaced_->mailbox);
      if (!mailbox) return mailbox.error();
      from = *mailbox;
      auto rows = hotRows(step, from->id, {{replaced_->uid, replaced_->uid}}, 0);
      if (!rows) return rows.error();
      if (rows->empty()) return ph::Error{ph::Kind::Conflict, "the message to be replaced was expunged"};
      old = std::move(*rows);
      less = old.front().size;
    }
    for (const auto& part : parts) more += part->size();
    if (more > less)
      if (auto done = step.checkQuota(more - less); !done) return done;
    for (auto& part : parts)
      if (auto done = part->apply(step); !done) return done;
    if (!from) return {};
    if (auto done = takeOut(step, *from, old); !done) return done;
    if (auto done = keepRemoved(step, *from, old); !done) return done;
    return dropUnused(step, old, keepKeys_, garbage);
  }

  void undo(Core& core) override {
    for (auto& part : parts) part->undo(core);
  }
  void finish(Core& core) override {
    for (auto& part : parts) part->finish(core);
  }
  void unsure(Core& core) override {
    for (auto& part : parts) part->unsure(core);
  }

  std::vector<std::unique_ptr<Append>> parts;
  std::vector<MessageId> garbage;

 private:
  const std::optional<Replaced> replaced_;
  const std::int64_t keepKeys_;
};

// The visible message: the prefix, then the original bytes.
ph::Result<std::string> gather(const AppendRequest& request, std::size_t max) {
  std::string bytes(request.prefix);
  const ph::Error tooLong{ph::Kind::Limit, "message is too long"};
  if (request.source == nullptr) {
    if (bytes.size() + request.message.size() > max) return tooLong;
    return bytes.append(request.message);
  }
  constexpr std::size_t kPiece = 64 * 1024;
  bytes.reserve(std::min<std::uint64_t>(bytes.size() + request.source->size() + kPiece, max + kPiece));
  for (std::size_t size = bytes.size();;) {
    bytes.resize(size + kPiece);
    const auto got = request.source->read(bytes.data() + size, kPiece);
    if (!got) return got.error();
    size += *got;
    if (size > max) return tooLong;
    if (*got == 0) {
      bytes.resize(size);
      return bytes;
    }
  }
}

ph::Status checkSpace(Core& core) {
  const auto& o = core.options;
  if (o.reserveBytes == 0) return {};
  const auto space = core.env.space(core.folder);
  if (!space) return space.error();
  const auto reserve =
      std::min(static_cast<std::uint64_t>(o.reserveShare * static_cast<double>(space->total)), o.reserveBytes);
  if (space->free < reserve) return ph::Error{ph::Kind::Limit, "disk is nearly full"};
  return {};
}

// The commit decides; this only saves writing what it would surely refuse.
ph::Status checkQuota(Account& account, Core& core, std::uint64_t size) {
  const auto limit = core.settings()->quota;
  if (limit == 0) return {};
  const auto usage = account.usage();
  if (usage && usage->bytes + size > limit) return overQuota();
  return {};
}

// Open, and on its way to the disk.
ph::Result<std::unique_ptr<env::File>> writeFile(Core& core, const std::string& path, env::Open how,
                                                 const std::string& head, const std::string& bytes) {
  auto file = core.env.open(path, how);
  if (!file) return file.error();
  ph::Status done;
  if (head.size() + bytes.size() <= kMaxPacked) {
    done = (*file)->write(0, pack(head + bytes));
  } else {
    done = (*file)->write(0, head);
    if (done) done = (*file)->write(head.size(), bytes);
  }
  if (!done) return done.error();
  (*file)->startSync();
  return file;
}

ph::Status sync(Core& core, std::unique_ptr<env::File> file) {
  auto done = file->sync();
  if (!done) core.fail(done.error());
  return done;
}

}  // namespace

ph::Result<Appended> Account::append(const AppendRequest& request) {
  auto& core = *core_;
  const auto mailbox = canonicalName(request.mailbox);
  if (!mailbox) return mailbox.error();
  if (auto done = checkSpace(core); !done) return done.error();
  auto gate = MemoryGate::enter(request.source != nullptr ? request.source->size() : request.message.size());
  if (!gate) return gate.error();
  auto bytes = gather(request, core.options.maxMessage);
  if (!bytes) return bytes.error();
  if (auto done = checkQuota(*this, core, bytes->size()); !done) return done.error();
  const auto place = core.places.take();
  const auto id = place ? ph::Result<MessageId>(*place) : core.newId();
  if (!id) return id.error();
  const std::string_view original = std::string_view(*bytes).substr(request.prefix.size());
  const Meta meta{
      core.name,       *id, request.date, request.zone, *mailbox, request.reversePath, request.prefix.size(),
      sha256(original)};
  const auto head = formatMeta(meta);
  const auto path = place ? core.messagePath(*id) : core.temporaryPath(*id);
  ph::Status done;
  if (head.size() > kMaxMeta) done = ph::Error{ph::Kind::Limit, "reverse-path is too long"};
  std::unique_ptr<env::File> file;
  if (done) {
    auto written = writeFile(core, path, place ? env::Open::ReadWrite : env::Open::CreateNew, head, *bytes);
    if (written) file = std::move(*written);
    if (!written) done = written.error();
  }
  // While the disk writes.
  Append change(request, meta, head.size(), *bytes, done ? describe(*bytes) : Description{}, core.options);
  if (done) done = sync(core, std::move(file));
  if (place) change.inPlace();
  if (done && !place && core.places.wanted()) change.makePlaces();
  // Nothing of it is needed while the group waits for the disk.
  std::string().swap(*bytes);
  gate->leave();
  const bool written = done.ok();
  if (done) done = core.commit(change);
  if (change.makesPlaces()) core.places.offer(done.ok());
  const bool gone = place && written ? change.removed() : core.env.unlink(path).ok();
  if (place) core.places.settle(*id, done.ok() || gone);
  if (!done) return done.error();
  unlinkAll(core, change.garbage);
  return change.result;
}

namespace {

// One of several whose file is being written; it stays where it is until all are committed.
struct Pending {
  ph::Status done;
  std::string bytes;
  Meta meta{};
  std::string path;
  std::unique_ptr<env::File> file;
  std::unique_ptr<Append> change;
};

ph::Status begin(Core& core, const AppendRequest& request, Pending& p) {
  const auto mailbox = canonicalName(request.mailbox);
  if (!mailbox) return mailbox.error();
  auto bytes = gather(request, core.options.maxMessage);
  if (!bytes) return bytes.error();
  p.bytes = std::move(*bytes);
  const auto id = core.newId();
  if (!id) return id.error();
  const std::string_view original = std::string_view(p.bytes).substr(request.prefix.size());
  p.meta = Meta{core.name,       *id, request.date, request.zone, *mailbox, request.reversePath, request.prefix.size(),
                sha256(original)};
  const auto head = formatMeta(p.meta);
  if (head.size() > kMaxMeta) return ph::Error{ph::Kind::Limit, "reverse-path is too long"};
  p.path = core.temporaryPath(*id);
  auto file = writeFile(core, p.path, env::Open::CreateNew, head, p.bytes);
  if (!file) return file.error();
  p.file = std::move(*file);
  p.change = std::make_unique<Append>(request, p.meta, head.size(), p.bytes, describe(p.bytes), core.options);
  return {};
}

}  // namespace

ph::Result<std::vector<Appended>> Account::appendAll(const std::vector<AppendRequest>& requests,
                                                     std::optional<Replaced> replaced) {
  auto& core = *core_;
  if (auto done = checkSpace(core); !done) return done.error();
  AppendAll change(replaced, core.options.keepDeliveryKeys);
  std::deque<Pending> all;  // what a change looks at stays where it is
  ph::Status done;
  for (const auto& request : requests) {
    auto gate = MemoryGate::enter(request.source != nullptr ? request.source->size() : request.message.size());
    done = gate ? begin(core, request, all.emplace_back()) : gate.error();
    if (done) done = sync(core, std::move(all.back().file));
    if (!done) break;
    change.add(std::move(all.back().change));
    std::string().swap(all.back().bytes);
  }
  if (done) done = core.commit(change);
  for (const auto& p : all)
    if (!p.path.empty()) (void)core.env.unlink(p.path);
  if (!done) return done.error();
  std::vector<Appended> result;
  for (const auto& part : change.parts) {
    unlinkAll(core, part->garbage);
    result.push_back(part->result);
  }
  unlinkAll(core, change.garbage);
  return result;
}

std::vector<ph::Result<Appended>> Account::appendEach(const std::vector<AppendRequest>& requests) {
  auto& core = *core_;
  std::vector<Pending> all(requests.size());
  const auto space = checkSpace(core);
  for (std::size_t i = 0; i < all.size(); ++i) all[i].done = space ? begin(core, requests[i], all[i]) : space;
  std::vector<Change*> changes;
  for (auto& p : all) {
    if (p.done) p.done = sync(core, std::move(p.file));
    if (p.done) changes.push_back(p.change.get());
    std::string().swap(p.bytes);
  }
  const auto statuses = core.commitAll(changes);
  std::size_t next = 0;
  std::vector<ph::Result<Appended>> results;
  for (auto& p : all) {
    if (p.done) p.done = statuses[next++];
    p.file.reset();
    if (!p.path.empty()) (void)core.env.unlink(p.path);
    if (p.change) unlinkAll(core, p.change->garbage);
    results.push_back(p.done ? ph::Result<Appended>(p.change->result) : ph::Result<Appended>(p.done.error()));
  }
  return results;
}

}  // namespace posthouse::store
