// SEARCH. RFC 9051 6.4.4: search = "SEARCH" [search-return-opts] SP search-program; ESEARCH of RFC 4731, "$" of
// RFC 5182, PARTIAL of RFC 9394.
#include "commands/table.hpp"
#include "search/find_task.hpp"

namespace ph_imap {

namespace {

class Search final : public FindTask {
 public:
  using FindTask::FindTask;

 private:
  Step answer(Session& s) override {
    if (result_.given || s.rev2()) {
      answerExtended(s, found_);
      return s.ok("searched");
    }
    auto w = s.out();
    w.raw("* SEARCH");
    for (const auto& f : found_) w.raw(" ").number(f.number);
    // RFC 7162 3.1.6.
    if (asksModseq() && !found_.empty()) w.raw(" (MODSEQ ").number(modseqOf(result_, found_)).raw(")");
    w.raw("\r\n");
    return s.ok("searched");
  }
};

}  // namespace

Step search(Session& s, ph::imap::Parser& parser) {
  const auto program = ph::imap::parseSearch(parser);
  if (!parser.ok()) return s.bad(parser.status().error().text);
  Step refused = Step::Answered;
  auto matcher = makeMatcher(s, program, program.result.save, &refused);
  if (!matcher) return refused;
  return s.begin(std::make_unique<Search>(s, program.result, std::move(*matcher)));
}

}  // namespace ph_imap
