#include "signing/signers.hpp"

#include <algorithm>
#include <condition_variable>

#include "base/in_plugin.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "ph/address/addr_spec.hpp"
#include "ph/address/domain.hpp"
#include "ph/address/list.hpp"
#include "ph/header/block.hpp"
#include "ph/text.hpp"

namespace posthouse::signing {
namespace {

const log::Log kLog("signing");
const metrics::Counters kAsked("posthouse_signer_calls_total", "Calls of signers, by what came of them.",
                               {"signer", "outcome"});
constexpr size_t kMaxFields = 64 * 1024;
constexpr std::chrono::milliseconds kGrace{30000};

// What a signer is asked; lives until it has returned, late or not.
struct Question {
  std::shared_ptr<const Signer> signer;
  mail::MessageRef message;
  std::string domain, author, account, reversePath;

  std::mutex mutex;
  std::condition_variable done;
  bool returned = false;
  bool late = false;
  bool stuck = false;
  ph_status status = PH_E_BUG;
  std::string fields;
};

// The one address in From: its domain alone when there is exactly one. RFC 6376 5.1, RFC 5322 3.6.2.
void readAuthor(const mail::Message& message, Question& q) {
  std::string text(std::min<uint64_t>(message.length(), ph::header::kMaxBlock), '\0');
  size_t got = 0;
  for (size_t n = 1; n != 0 && got < text.size(); got += n) {
    if (message.read(got, text.data() + got, text.size() - got, &n) != PH_OK) break;
  }
  text.resize(got);
  const ph::header::Block block(text);
  if (block.count("From") != 1) return;
  const auto authors = ph::address::mailboxes(ph::address::parseList(block.value("From")));
  if (authors.size() != 1) return;
  const auto domain = ph::address::normaliseDomain(authors[0].domain);
  if (!domain) return;
  q.domain = *domain;
  q.author = ph::address::formatAddrSpec(authors[0].localpart, *domain);
}

void call(const std::shared_ptr<Question>& q, jobs::Pool& pool) {
  auto what = ph::sized<ph_signing>();
  what.message = q->message->handle();
  what.domain = ph::str(q->domain);
  what.author = ph::str(q->author);
  what.account = ph::str(q->account);
  what.reverse_path = ph::str(q->reversePath);
  std::string fields;
  const ph_sink sink{&fields, [](void* ctx, const void* data, size_t size) -> ph_status {
                       auto& out = *static_cast<std::string*>(ctx);
                       if (out.size() + size > kMaxFields) return PH_E_LIMIT;
                       out.append(static_cast<const char*>(data), size);
                       return PH_OK;
                     }};
  ph_status status = PH_E_BUG;
  // The plugin's own guard is the reliable one; this net holds only what shares our C++ runtime.
  try {
    const InPlugin inside(q->signer->plugin.c_str());
    status = q->signer->sign(q->signer->self, &what, sink);
  } catch (...) {
    kLog.error("exception out of a signer", {{"plugin", q->signer->plugin}, {"signer", q->signer->name}});
  }
  {
    const std::lock_guard lock(q->mutex);
    q->returned = true;
    q->status = status;
    q->fields = std::move(fields);
    if (q->late) {
      pool.overtime(-1);
      q->signer->returned(q->stuck);
    }
  }
  q->done.notify_all();
  q->signer->end();
}

// False: it is not back in time.
bool waited(const std::shared_ptr<Question>& q, jobs::Pool& pool, jobs::Timers& timers) {
  std::unique_lock lock(q->mutex);
  if (q->done.wait_for(lock, q->signer->deadline, [&] { return q->returned; })) return true;
  q->late = true;
  pool.overtime(1);
  q->signer->late();
  timers.add(std::max(kGrace, q->signer->deadline), {}, [q] {
    const std::lock_guard stuck(q->mutex);
    if (q->returned) return;
    q->stuck = true;
    q->signer->stuck();
  });
  return false;
}

// What the signer gives, or why that counts for nothing.
ph::Result<std::string> ask(const std::shared_ptr<Question>& q, jobs::Pool& pool, jobs::Timers& timers) {
  if (!q->signer->begin()) return ph::Error{ph::Kind::Unavailable, "it is stopping"};
  if (!pool.run([q, &pool] { call(q, pool); })) {
    q->signer->end();
    return ph::Error{ph::Kind::Limit, "the server is too busy"};
  }
  if (!waited(q, pool, timers)) return ph::Error{ph::Kind::Timeout, "it is late"};
  if (q->status != PH_OK) return ph::Error{static_cast<ph::Kind>(q->status), "it failed"};
  if (!areFields(q->fields)) return ph::Error{ph::Kind::Bug, "its answer is no header"};
  return std::move(q->fields);
}

}  // namespace

bool areFields(std::string_view text) {
  if (text.empty()) return true;
  if (!text.ends_with("\r\n") || text.find('\0') != text.npos) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) return false;
    if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) return false;
  }
  const ph::header::Block block(text);
  return block.junkLines() == 0 && block.fieldsEnd() == text.size() && block.bodyStart() == text.size() &&
         !block.truncated();
}

ph::Status Signers::add(const void* owner, Signer signer) {
  const bool known = signer.policy == PH_SIGNER_OPEN || signer.policy == PH_SIGNER_TEMPFAIL;
  if (!signer.sign || signer.name.empty() || !known) return ph::Error{ph::Kind::Invalid, "malformed signer"};
  const std::lock_guard lock(mutex_);
  const auto taken = [&](const Entry& e) { return e.signer->name == signer.name; };
  if (std::any_of(entries_.begin(), entries_.end(), taken))
    return ph::Error{ph::Kind::Conflict, "there is a signer " + signer.name + " already"};
  entries_.push_back({owner, std::make_shared<const Signer>(std::move(signer))});
  any_ = true;
  return {};
}

void Signers::remove(const void* owner) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const Entry& e) { return e.owner == owner; });
  any_ = !entries_.empty();
}

ph::Result<std::string> Signers::sign(const Sender& sender, const std::string& headers,
                                      const mail::Message& message) const {
  std::string out;
  if (!any_) return out;
  std::vector<Entry> entries;
  {
    const std::lock_guard lock(mutex_);
    entries = entries_;
  }
  const mail::MessageRef whole(mail::newHeadedMessage(headers, mail::share(message)));
  Question author;
  readAuthor(*whole.get(), author);
  for (const Entry& e : entries) {
    const auto q = std::make_shared<Question>();
    q->signer = e.signer;
    q->message = whole;
    q->domain = author.domain;
    q->author = author.author;
    q->account = sender.account;
    q->reversePath = sender.reversePath;
    const auto fields = ask(q, pool_, timers_);
    if (fields) {
      kAsked.with({e.signer->name, fields->empty() ? "nothing" : "signed"}).add();
      if (!fields->empty())
        kLog.history("signed", {{"txn", sender.txn}, {"signer", e.signer->name}, {"domain", author.domain}});
      out += *fields;
      continue;
    }
    const bool wait = e.signer->policy == PH_SIGNER_TEMPFAIL || fields.error().kind == ph::Kind::Temporary;
    kAsked.with({e.signer->name, wait ? "deferred" : "unsigned"}).add();
    kLog.error(wait ? "mail is not taken: it can't be signed" : "mail goes unsigned: a signer gives no answer",
               {{"txn", sender.txn},
                {"plugin", e.signer->plugin},
                {"signer", e.signer->name},
                {"domain", author.domain},
                {"reason", fields.error().text}});
    if (wait) return ph::Error{ph::Kind::Temporary, "the message can't be signed now"};
  }
  return out;
}

}  // namespace posthouse::signing
