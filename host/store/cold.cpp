#include "store/cold.hpp"

#include "store/cold_texts.hpp"
#include "store/deliveries.hpp"

namespace posthouse::store {

ph::Result<ThreadPlace> insertCold(Step& step, const Meta& meta, std::size_t offset, std::size_t size,
                                   const Description& description) {
  const auto& ancestry = description.ancestry;
  {
    db::Scoped cold(step.db.cached("INSERT INTO cold VALUES(?,?,?,?,?,?,?,?,?,?,?,?,0)"));
    cold->bind(1, meta.id).bind(2, static_cast<std::int64_t>(size));
    cold->bind(3, static_cast<std::int64_t>(description.headerSize)).bind(4, static_cast<std::int64_t>(offset));
    cold->bind(5, meta.date).bind(6, meta.zone).blob(7, meta.hash).text(8, ancestry.messageId);
    const auto texts = packTexts(description.texts);
    cold->blob(9, texts).bind(10, ancestry.subject).bind(11, ancestry.isReport ? 1 : 0).bind(12, meta.id);
    if (auto done = cold->run(); !done) return done.error();
  }
  return joinThread(step, meta.id, meta.date, ancestry);
}

ph::Result<bool> removeCold(Step& step, MessageId id, bool keepDelivery) {
  if (auto done = leaveThread(step, id); !done) return done.error();
  if (auto done = keepDelivery ? removeRecipients(step, id) : removeDelivery(step, id); !done) return done.error();
  db::Scoped cold(step.db.cached("DELETE FROM cold WHERE id=?"));
  cold->bind(1, id);
  if (auto done = cold->run(); !done) return done.error();
  return step.db.changes() != 0;
}

}  // namespace posthouse::store
