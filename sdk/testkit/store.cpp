#include "testkit/store.hpp"

#include "ph/header/block.hpp"
#include "ph/header/message_id.hpp"
#include "ph/imap/bodystructure.hpp"
#include "ph/imap/envelope.hpp"
#include "ph/mime/parse.hpp"
#include "ph/mime/parts_blob.hpp"
#include "testkit/store_table.hpp"

using ph::testkit::Mailbox;

Mailbox* ph_account::find(uint64_t id) {
  for (auto& [name, m] : mailboxes) {
    if (m.id == id && m.exists) return &m;
  }
  return nullptr;
}

Mailbox* ph_account::find(std::string_view name) {
  const auto i = mailboxes.find(std::string(name));
  return i == mailboxes.end() || !i->second.exists ? nullptr : &i->second;
}

Mailbox& ph_account::create(const std::string& name, uint32_t use) {
  Mailbox& m = mailboxes[name];
  const bool subscribed = m.subscribed;
  m = {};
  m.subscribed = subscribed;
  m.id = nextMailbox++;
  m.use = use;
  m.uidValidity = static_cast<uint32_t>(1000 + m.id);
  m.modseq = ++modseq;
  return m;
}

uint64_t ph_account::bytes() const {
  uint64_t sum = 0;
  for (const auto& [name, mailbox] : mailboxes) {
    for (const auto& [uid, stored] : mailbox.messages) sum += contents.at(stored.id)->bytes.size();
  }
  return sum;
}

void ph_account::changed(uint64_t mailboxId) {
  for (const auto& [id, fn] : watchers) fn(mailboxId, modseq);
}

namespace ph::testkit {

Store::Store() : table_{} {
  table_.size = sizeof table_;
  fillReading(table_);
  fillWriting(table_);
  fillSharing(table_);
}

Store::~Store() = default;

Store& Store::of(const ph_host* host) {
  return *static_cast<Store*>(const_cast<void*>(host->get(host, kId)));
}

ph_account& Store::add(const std::string& name) {
  auto& a = accounts[name];
  a = std::make_unique<ph_account>();
  a->store = this;
  a->name = name;
  a->create("INBOX", 0);
  return *a;
}

Mailbox& Store::mailbox(const std::string& account, const std::string& name) {
  ph_account& a = *accounts.at(account);
  if (Mailbox* found = a.find(name)) return *found;
  return a.create(name, 0);
}

uint32_t Store::deliver(const std::string& account, const std::string& name, std::string bytes, int64_t date) {
  ph_account& a = *accounts.at(account);
  Mailbox& m = mailbox(account, name);
  auto content = std::make_shared<Content>();
  const auto tree = mime::parse(bytes);
  content->headerSize = header::findEnd(bytes).bodyStart;
  content->envelope = imap::envelope(bytes);
  content->structure = imap::bodyStructure(bytes, tree, true);
  content->parts = mime::encodeParts(tree);
  const header::Block block(bytes);
  for (const auto& id : header::ancestorIds(block.value("References"), block.value("In-Reply-To"))) {
    content->references.append(content->references.empty() ? "" : " ").append(id);
  }
  content->bytes = std::move(bytes);
  StoredMessage s;
  s.uid = m.uidNext++;
  s.id = a.nextId++;
  s.modseq = s.created = m.modseq = ++a.modseq;
  s.internalDate = s.saveDate = date;
  a.contents[s.id] = std::move(content);
  m.messages[s.uid] = s;
  a.changed(m.id);
  return s.uid;
}

}  // namespace ph::testkit
