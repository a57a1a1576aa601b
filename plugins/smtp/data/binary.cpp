#include "data/binary.hpp"

#include <atomic>

#include "address_text.hpp"
#include "ph/mime/binary.hpp"
#include "ph/smtp/chunk_reader.hpp"
#include "verdict.hpp"

namespace ph_smtp {

namespace {

// Each needs the whole message in memory.
constexpr int kMaxConversions = 4;
std::atomic<int> conversions{0};

struct Turn {
  bool mine = conversions.fetch_add(1) < kMaxConversions;
  ~Turn() { conversions.fetch_sub(1); }
};

void convert(Session& s) {
  Envelope& e = *s.envelope();
  const uint64_t max = e.incoming->limits().maxSize;
  std::string buffer;
  const auto bytes = e.incoming->message().contents(buffer, max);
  if (!bytes) return;
  auto next = ph::Message::create(s.host(), 2 * max);
  if (!next) return;
  ph_status status = PH_OK;
  // Looks at every octet of the result, and changes none.
  ph::smtp::ChunkReader reader(true, [&](std::string_view piece) {
    if (status == PH_OK) status = next.write(piece);
  });
  ph::mime::encodeBinary(*bytes, [&](std::string_view piece) { reader.feed(piece); });
  reader.finish();
  if (!reader.textual()) {
    return setVerdict(s.verdict(), PH_VERDICT_REJECT, 554, "5.6.1", "binary octets outside of a part's content");
  }
  if (status == PH_OK) status = next.finish();
  if (status == PH_E_LIMIT) {
    return setVerdict(s.verdict(), PH_VERDICT_TEMPFAIL, 452, "4.3.1", "no room for this message, try again later");
  }
  if (status != PH_OK) return;
  e.incoming->replaceMessage(std::move(next));
  e.params.flags &= ~PH_MAIL_BINARYMIME;
  e.params.flags |= PH_MAIL_8BITMIME;
  if (s.txn().setMessage(e.incoming->message()) && s.txn().setReversePath(withoutBrackets(e.reversePath), e.params)) {
    setVerdict(s.verdict(), PH_VERDICT_CONTINUE);
  }
}

}  // namespace

bool needsConversion(const Session& s) {
  return s.envelope()->has(PH_MAIL_BINARYMIME);
}

void convertBinary(Session& s) {
  const Turn turn;
  if (turn.mine) return convert(s);
  setVerdict(s.verdict(), PH_VERDICT_TEMPFAIL, 451, "4.3.2", "too many binary messages at once, try again later");
}

}  // namespace ph_smtp
