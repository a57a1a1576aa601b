#include "search/matcher.hpp"

#include <algorithm>
#include <optional>

#include "fetch/item.hpp"
#include "flags.hpp"
#include "object_id.hpp"
#include "ph/charset/convert.hpp"
#include "ph/date/date.hpp"
#include "ph/header/block.hpp"
#include "ph/imap/envelope_fields.hpp"
#include "ph/mime/search_text.hpp"

namespace ph_imap {

namespace {

// What a key needs, from cheap to dear.
constexpr int kCostRow = 0;
constexpr int kCostEnvelope = 1;
constexpr int kCostHeader = 2;
constexpr int kCostBody = 3;

int64_t dayNumber(int64_t seconds, int zoneMinutes) {
  return ph::date::daysOf(ph::date::localDay({seconds, zoneMinutes}));
}

}  // namespace

// One message during a test, with what was read of it so far.
class Matcher::Candidate {
 public:
  Candidate(const ph::Account& account, const ph_row& row) : row(row), source_(account, row) {}

  const ph_row& row;

  const ph::header::Block& header() {
    if (!block_) {
      bytes_ = source_.read(0, row.header_size).value_or(std::string());
      block_.emplace(*bytes_);
    }
    return *block_;
  }
  // RFC 9051 6.4.4: FROM and its like look at the envelope, which needs no file.
  const ph::imap::EnvelopeFields& envelope() {
    if (!envelope_) envelope_.emplace(ph::view(row.envelope));
    return *envelope_;
  }
  // The day of the Date field (RFC 9051 6.4.4: without time and zone).
  std::optional<int64_t> sentDay() {
    const auto date = ph::date::parse(envelope().text(ph::imap::EnvelopeFields::Date));
    if (!date) return std::nullopt;
    return dayNumber(date->unixSeconds, date->zoneMinutes);
  }
  bool bodyHas(const std::string& folded) {
    const auto bytes = source_.contents();
    const auto* tree = bytes ? source_.tree() : nullptr;
    return tree && ph::mime::textHas(*bytes, *tree, folded);
  }
  bool enclosedHeaderHas(const std::string& folded) {
    const auto bytes = source_.contents();
    const auto* tree = bytes ? source_.tree() : nullptr;
    return tree && ph::mime::enclosedHeadersHave(*bytes, *tree, folded);
  }

 private:
  Source source_;
  std::optional<std::string> bytes_;
  std::optional<ph::header::Block> block_;
  std::optional<ph::imap::EnvelopeFields> envelope_;
};

ph::Result<Matcher> Matcher::make(const ph::imap::SearchKey& key, int64_t nowSeconds, Resolve resolve, void* ctx) {
  Matcher m;
  m.now_ = nowSeconds;
  m.resolve_ = resolve;
  m.ctx_ = ctx;
  auto root = m.compile(key);
  if (!root) return root.error();
  m.root_ = std::move(*root);
  m.narrow_ = narrowing(m.root_);
  m.resolve_ = nullptr;
  return m;
}

ph::Result<Matcher::Key> Matcher::compile(const ph::imap::SearchKey& from) {
  Key key;
  key.kind = from.kind;
  key.text = ph::charset::foldCase(from.text);
  key.field = from.field;
  switch (from.kind) {
    case Kind::All:
    case Kind::Answered:
    case Kind::Deleted:
    case Kind::Draft:
    case Kind::Flagged:
    case Kind::Seen:
    case Kind::New:
    case Kind::Old:
    case Kind::Recent:
    case Kind::SaveDateSupported:
      break;
    case Kind::And:
    case Kind::Or:
    case Kind::Not:
      for (const auto& child : from.children) {
        auto compiled = compile(child);
        if (!compiled) return compiled.error();
        key.cost = std::max(key.cost, compiled->cost);
        key.children.push_back(std::move(*compiled));
      }
      std::stable_sort(key.children.begin(), key.children.end(),
                       [](const Key& a, const Key& b) { return a.cost < b.cost; });
      break;
    case Kind::Keyword:
      key.text = from.text;
      columns_ |= PH_COL_KEYWORDS;
      break;
    case Kind::EmailId:
      key.text = from.text;
      break;
    case Kind::ThreadId:
      key.text = from.text;
      columns_ |= PH_COL_THREADID;
      break;
    case Kind::Before:
    case Kind::On:
    case Kind::Since:
    case Kind::SavedBefore:
    case Kind::SavedOn:
    case Kind::SavedSince:
      key.number = ph::date::daysOf(from.day);
      columns_ |= PH_COL_DATES;
      break;
    case Kind::Older:
    case Kind::Younger:
      key.number = now_ - static_cast<int64_t>(from.number);
      columns_ |= PH_COL_DATES;
      break;
    case Kind::Larger:
    case Kind::Smaller:
      key.number = static_cast<int64_t>(from.number);
      columns_ |= PH_COL_SIZE;
      break;
    case Kind::Sequence:
    case Kind::Uid: {
      auto uids = resolve_(ctx_, from.set, from.kind == Kind::Uid);
      if (!uids) return uids.error();
      key.uids = std::move(*uids);
      asksNumbers_ = asksNumbers_ || (from.kind == Kind::Sequence && !from.set.isSavedResult());
      break;
    }
    case Kind::SentBefore:
    case Kind::SentOn:
    case Kind::SentSince:
      key.number = ph::date::daysOf(from.day);
      [[fallthrough]];
    case Kind::Bcc:
    case Kind::Cc:
    case Kind::From:
    case Kind::Subject:
    case Kind::To:
      key.cost = kCostEnvelope;
      columns_ |= PH_COL_ENVELOPE;
      break;
    case Kind::Header:
      key.cost = kCostHeader;
      columns_ |= PH_COL_SIZE;
      break;
    case Kind::Body:
    case Kind::Text:
      key.cost = kCostBody;
      columns_ |= PH_COL_SIZE | PH_COL_PARTS;
      break;
    case Kind::ModSeq:
      key.number = static_cast<int64_t>(from.number);
      asksModseq_ = true;
      break;
  }
  return key;
}

// What a message must hold to match, as far as the store's index can tell.
Narrow Matcher::narrowing(const Key& key) {
  Narrow out;
  switch (key.kind) {
    case Kind::Bcc:
    case Kind::Body:
    case Kind::Cc:
    case Kind::From:
    case Kind::Header:
    case Kind::Subject:
    case Kind::Text:
    case Kind::To:
      if (!key.text.empty()) out.words.push_back(key.text);
      break;
    case Kind::And:
      for (const auto& child : key.children) {
        auto more = narrowing(child);
        out.words.insert(out.words.end(), more.words.begin(), more.words.end());
        for (auto& either : more.either) out.either.push_back(std::move(either));
      }
      break;
    case Kind::Or: {
      std::vector<Narrow> branches;
      for (const auto& child : key.children) {
        auto more = narrowing(child);
        // OR of OR is one choice of many.
        if (more.words.empty() && more.either.size() == 1) {
          for (auto& branch : more.either.front()) branches.push_back(std::move(branch));
        } else {
          branches.push_back(std::move(more));
        }
      }
      const bool all = std::none_of(branches.begin(), branches.end(), [](const Narrow& n) { return n.isEmpty(); });
      if (all) out.either.push_back(std::move(branches));
      break;
    }
    default:
      break;
  }
  return out;
}

bool Matcher::matches(const ph::Account& account, const ph_row& row) const {
  Candidate c(account, row);
  return test(root_, c);
}

bool Matcher::test(const Key& key, Candidate& c) {
  const ph_row& row = c.row;
  const auto has = [&](uint32_t flag) { return (row.flags & flag) != 0; };
  const auto received = [&] { return dayNumber(row.internal_date, row.zone_minutes); };
  const auto saved = [&] { return dayNumber(row.save_date, row.zone_minutes); };
  switch (key.kind) {
    case Kind::All:
    case Kind::SaveDateSupported:
    case Kind::Old:  // RFC 3501: not \Recent, which no message is here
      return true;
    case Kind::New:
    case Kind::Recent:
      return false;
    case Kind::ModSeq:
      return static_cast<int64_t>(row.modseq) >= key.number;
    case Kind::And:
      return std::all_of(key.children.begin(), key.children.end(), [&](const Key& k) { return test(k, c); });
    case Kind::Or:
      return std::any_of(key.children.begin(), key.children.end(), [&](const Key& k) { return test(k, c); });
    case Kind::Not:
      return !test(key.children.front(), c);
    case Kind::Answered:
      return has(PH_FLAG_ANSWERED);
    case Kind::Deleted:
      return has(PH_FLAG_DELETED);
    case Kind::Draft:
      return has(PH_FLAG_DRAFT);
    case Kind::Flagged:
      return has(PH_FLAG_FLAGGED);
    case Kind::Seen:
      return has(PH_FLAG_SEEN);
    case Kind::Keyword:
      return hasWord(ph::view(row.keywords), key.text);
    case Kind::EmailId:
      return key.text == emailId(row);
    case Kind::ThreadId:
      return key.text == threadId(row);
    case Kind::Before:
      return received() < key.number;
    case Kind::On:
      return received() == key.number;
    case Kind::Since:
      return received() >= key.number;
    case Kind::SavedBefore:
      return saved() < key.number;
    case Kind::SavedOn:
      return saved() == key.number;
    case Kind::SavedSince:
      return saved() >= key.number;
    case Kind::Older:  // RFC 5032 3
      return row.internal_date <= key.number;
    case Kind::Younger:
      return row.internal_date >= key.number;
    case Kind::Larger:
      return static_cast<int64_t>(row.rfc822_size) > key.number;
    case Kind::Smaller:
      return static_cast<int64_t>(row.rfc822_size) < key.number;
    case Kind::Sequence:
    case Kind::Uid:
      return key.uids.contains(row.uid);
    case Kind::SentBefore: {
      const auto day = c.sentDay();
      return day && *day < key.number;
    }
    case Kind::SentOn: {
      const auto day = c.sentDay();
      return day && *day == key.number;
    }
    case Kind::SentSince: {
      const auto day = c.sentDay();
      return day && *day >= key.number;
    }
    case Kind::Bcc:
      return ph::imap::envelopeHas(c.envelope(), ph::imap::EnvelopeFields::Bcc, key.text);
    case Kind::Cc:
      return ph::imap::envelopeHas(c.envelope(), ph::imap::EnvelopeFields::Cc, key.text);
    case Kind::From:
      return ph::imap::envelopeHas(c.envelope(), ph::imap::EnvelopeFields::From, key.text);
    case Kind::Subject:
      return ph::imap::envelopeHas(c.envelope(), ph::imap::EnvelopeFields::Subject, key.text);
    case Kind::To:
      return ph::imap::envelopeHas(c.envelope(), ph::imap::EnvelopeFields::To, key.text);
    case Kind::Header:
      return ph::mime::fieldHas(c.header(), key.field, key.text);
    case Kind::Body:
      return c.bodyHas(key.text);
    case Kind::Text:
      return ph::mime::anyFieldHas(c.header(), key.text) || c.enclosedHeaderHas(key.text) || c.bodyHas(key.text);
  }
  return false;
}

}  // namespace ph_imap
