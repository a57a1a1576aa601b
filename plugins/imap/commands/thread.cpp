// THREAD. RFC 5256 3 (BASE.6.4.THREAD): thread = ["UID" SP] "THREAD" SP thread-alg SP search-criteria
#include <algorithm>

#include "commands/table.hpp"
#include "ph/charset/casemap.hpp"
#include "ph/header/base_subject.hpp"
#include "ph/header/message_id.hpp"
#include "ph/imap/sort_program.hpp"
#include "ph/imap/thread.hpp"
#include "search/find_task.hpp"

namespace ph_imap {

namespace {

enum class Algorithm { OrderedSubject, References };

class Thread final : public FindTask {
 public:
  Thread(Session& s, Matcher matcher, Algorithm algorithm)
      : FindTask(s, {}, std::move(matcher),
                 PH_COL_ENVELOPE | PH_COL_DATES | PH_COL_SIZE |
                     (algorithm == Algorithm::References ? PH_COL_REFERENCES : 0)),
        algorithm_(algorithm) {}

 private:
  void take(const ph_row& row) override {
    FindTask::take(row);
    const ph::imap::EnvelopeFields envelope(ph::view(row.envelope));
    ph::imap::ThreadMessage m;
    m.number = row.uid;
    m.sent = ph::imap::sentDate({envelope, row.internal_date, row.rfc822_size});
    const auto subject = ph::header::baseSubject(envelope.text(ph::imap::EnvelopeFields::Subject));
    m.subject = ph::charset::casemapKey(subject.text);
    m.isReply = subject.isReplyOrForward;
    if (algorithm_ == Algorithm::References) {
      m.messageId = ph::header::unquotedId(ph::header::messageId(envelope.text(ph::imap::EnvelopeFields::MessageId)));
      m.references = references(ph::view(row.references));
    }
    messages_.push_back(std::move(m));
  }

  static std::vector<std::string> references(std::string_view list) {
    std::vector<std::string> ids;
    while (!list.empty()) {
      const auto end = std::min(list.find(' '), list.size());
      ids.push_back(ph::header::unquotedId(list.substr(0, end)));
      list.remove_prefix(std::min(end + 1, list.size()));
    }
    return ids;
  }

  Step answer(Session& s) override {
    // What the client does not know is no part of it.
    std::erase_if(messages_, [&](ph::imap::ThreadMessage& m) {
      const auto at = std::lower_bound(found_.begin(), found_.end(), m.number,
                                       [](const Found& f, uint32_t uid) { return f.uid < uid; });
      const bool known = at != found_.end() && at->uid == m.number;
      if (known) m.number = at->number;
      return !known;
    });
    return s.job(
        ph::Pool::Disk,
        [this] {
          text_ =
              ph::imap::threadText(algorithm_ == Algorithm::References ? ph::imap::threadByReferences(messages_)
                                                                       : ph::imap::threadByOrderedSubject(messages_));
        },
        [this](Session& session) {
          session.out().raw("* THREAD").raw(text_.empty() ? "" : " ").raw(text_).raw("\r\n");
          return session.ok("threaded");
        });
  }

  const Algorithm algorithm_;
  std::vector<ph::imap::ThreadMessage> messages_;
  std::string text_;
};

}  // namespace

Step thread(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string name = parser.word();
  const bool references = name == "REFERENCES";
  if (parser.ok() && !references && name != "ORDEREDSUBJECT") return s.bad("unknown threading algorithm");
  const auto program = ph::imap::parseSearchCriteria(parser);
  if (!parser.ok()) return s.bad(parser.status().error().text);
  Step refused = Step::Answered;
  auto matcher = makeMatcher(s, program, false, &refused);
  if (!matcher) return refused;
  return s.begin(
      std::make_unique<Thread>(s, std::move(*matcher), references ? Algorithm::References : Algorithm::OrderedSubject));
}

}  // namespace ph_imap
