// Taking mail of our own users into the queue. RFC 6409 6.1, 8; RFC 5322 3.6.
#include <algorithm>

#include "data/binary.hpp"
#include "data/finish.hpp"
#include "data/message_id.hpp"
#include "data/receive.hpp"
#include "ph/address/list.hpp"
#include "ph/date/date.hpp"
#include "ph/header/block.hpp"
#include "verdict.hpp"

namespace ph_smtp {

namespace {

using ph::Next;

// The start of the message, long enough for every header the parser would read.
ph::Result<std::string_view> headerBytes(const ph::Message& message, std::string& buffer) {
  const size_t want = static_cast<size_t>(std::min<uint64_t>(message.length(), ph::header::kMaxBlock));
  if (auto all = message.contents(buffer, ph::header::kMaxBlock)) return *all;
  buffer.resize(want);
  size_t done = 0;
  while (done < want) {
    const int64_t n = message.read(done, buffer.data() + done, want - done);
    if (n <= 0) return ph::Error{ph::Kind::Temporary, "the message could not be read"};
    done += static_cast<size_t>(n);
  }
  return std::string_view(buffer);
}

// Exactly one author, who is one of the account's addresses. Answers false with the verdict set.
bool authorAllowed(Session& s, const ph::header::Block& block) {
  const auto no = [&](const char* enhanced, const char* text) {
    setVerdict(s.verdict(), PH_VERDICT_REJECT, 550, enhanced, text);
    return false;
  };
  const auto fields = block.all("From");
  if (fields.size() != 1) return no("5.6.0", "the message must have exactly one From field");
  const auto list = ph::address::parseList(fields.front()->value);
  const auto authors = ph::address::mailboxes(list);
  if (list.skipped > 0 || authors.size() != 1 || authors.front().domain.empty()) {
    return no("5.6.0", "the From field must hold exactly one address");
  }
  const auto& h = s.host();
  const auto& author = authors.front();
  auto found = ph::sized<ph_address_info>();
  if (h.accounts->resolve(h.raw(), ph::str(author.localpart), ph::str(author.domain), &found) == PH_OK &&
      found.kind == PH_ADDRESS_DISABLED) {
    setVerdict(s.verdict(), PH_VERDICT_TEMPFAIL, 451, "4.3.0", "the domain of the author is switched off for now");
    return false;
  }
  if (h.accounts->may_send_as(h.raw(), ph::str(s.account()), ph::str(author.localpart), ph::str(author.domain)) !=
      PH_OK) {
    return no("5.7.1", "the From field names an address that is not yours");
  }
  return true;
}

// Runs on a pool: a large message lies in a file. What is signed later is what leaves, so binary goes first.
void checkHeader(Session& s) {
  if (needsConversion(s)) {
    convertBinary(s);
    if (refuses(s.verdict())) return;
    setVerdict(s.verdict(), PH_VERDICT_TEMPFAIL);
  }
  std::string buffer;
  const auto bytes = headerBytes(s.envelope()->incoming->message(), buffer);
  if (!bytes) return;  // the verdict is TEMPFAIL already
  const ph::header::Block block(*bytes);
  if (block.fields().empty()) {
    return setVerdict(s.verdict(), PH_VERDICT_REJECT, 554, "5.6.0", "the message has no header");
  }
  if (!authorAllowed(s, block)) return;
  bool added = true;
  if (block.count("Message-ID") == 0) added = s.txn().addTrace("Message-ID", newMessageId(s)).ok() && added;
  if (block.count("Date") == 0) {
    const int64_t now = s.host().wallMs() / 1000;
    added = s.txn().addTrace("Date", ph::date::format({now, s.host().zoneMinutes(now)})).ok() && added;
  }
  if (added) setVerdict(s.verdict(), PH_VERDICT_CONTINUE);
}

void enqueue(Session& s) {
  auto error = ph::noError();
  const ph_status status = s.host().queue->submit(s.host().raw(), s.txn().raw(), &error);
  if (status == PH_OK) return setVerdict(s.verdict(), PH_VERDICT_CONTINUE);
  s.host().error("the queue did not take a message", {{"txn", s.txn().id()}, {"reason", error.text}}, s.id());
  if (status == PH_E_LIMIT) {
    setVerdict(s.verdict(), PH_VERDICT_TEMPFAIL, 452, "4.3.1", "the queue is full, try again later");
  } else if (status == PH_E_QUOTA) {
    setVerdict(s.verdict(), PH_VERDICT_TEMPFAIL, 451, "4.7.1", error.text);
  } else if (status == PH_E_DENIED) {
    setVerdict(s.verdict(), PH_VERDICT_REJECT, 550, "5.7.2", error.text);
  } else if (status == PH_E_NOT_FOUND) {
    setVerdict(s.verdict(), PH_VERDICT_REJECT, 550, "5.1.1", error.text);
  } else if (status == PH_E_PERMANENT || status == PH_E_INVALID) {
    setVerdict(s.verdict(), PH_VERDICT_REJECT);
  } else {
    setVerdict(s.verdict(), PH_VERDICT_TEMPFAIL);
  }
}

Next queued(Session& s) {
  return refuses(s.verdict()) ? refuseMessage(s) : acceptMessage(s);
}

Next judged(Session& s) {
  if (refuses(s.verdict())) return refuseMessage(s);
  s.noteDiscard();
  if (s.discards()) return acceptMessage(s);
  return s.work(
      ph::Pool::Disk, [&s] { enqueue(s); }, &queued);
}

Next headerChecked(Session& s) {
  if (refuses(s.verdict())) return refuseMessage(s);
  return s.runStage(PH_STAGE_SUBMIT, &judged);
}

}  // namespace

Next submit(Session& s) {
  return s.work(
      ph::Pool::Disk, [&s] { checkHeader(s); }, &headerChecked);
}

}  // namespace ph_smtp
