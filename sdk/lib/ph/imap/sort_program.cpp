#include "ph/imap/sort_program.hpp"

#include <algorithm>
#include <array>

#include "ph/charset/casemap.hpp"
#include "ph/charset/words.hpp"
#include "ph/date/date.hpp"
#include "ph/header/base_subject.hpp"

namespace ph::imap {

namespace {

using Kind = SortKey::Kind;

struct KeyName {
  std::string_view name;
  Kind kind;
};
constexpr std::array kNames = {
    KeyName{"ARRIVAL", Kind::Arrival},
    KeyName{"CC", Kind::Cc},
    KeyName{"DATE", Kind::Date},
    KeyName{"DISPLAYFROM", Kind::DisplayFrom},
    KeyName{"DISPLAYTO", Kind::DisplayTo},
    KeyName{"FROM", Kind::From},
    KeyName{"SIZE", Kind::Size},
    KeyName{"SUBJECT", Kind::Subject},
    KeyName{"TO", Kind::To},
};

std::string firstMailbox(const EnvelopeFields& envelope, EnvelopeFields::Field field) {
  const auto list = envelope.addresses(field);
  return list.empty() ? std::string() : list.front().mailbox;
}

// RFC 5957 3.
std::string display(const EnvelopeFields& envelope, EnvelopeFields::Field field) {
  const auto list = envelope.addresses(field);
  if (list.empty()) return {};
  const auto& a = list.front();
  if (!a.name.empty()) return a.name;
  return a.host.empty() ? a.mailbox : a.mailbox + "@" + a.host;
}

int compare(const SortValue& a, const SortValue& b) {
  if (a.number != b.number) return a.number < b.number ? -1 : 1;
  return a.text.compare(b.text);
}

}  // namespace

std::vector<SortKey> parseSortKeys(Parser& p) {
  std::vector<SortKey> out;
  p.expect('(');
  do {
    SortKey key;
    std::string name = p.word();
    if (name == "REVERSE") {
      key.reverse = true;
      p.space();
      name = p.word();
    }
    const auto known = std::find_if(kNames.begin(), kNames.end(), [&](const auto& n) { return n.name == name; });
    if (known == kNames.end()) {
      p.fail("unknown sort criterion");
      return {};
    }
    key.kind = known->kind;
    if (out.size() == kMaxSortKeys) p.fail("too many sort criteria");
    out.push_back(key);
  } while (p.accept(' '));
  p.expect(')');
  return out;
}

std::int64_t sentDate(const SortSource& m) {
  const auto date = date::parse(m.envelope.text(EnvelopeFields::Date));
  return date ? date->unixSeconds : m.arrival;
}

SortValue sortValue(Kind kind, const SortSource& m) {
  const auto text = [](const std::string& t) { return SortValue{charset::casemapKey(t), 0}; };
  switch (kind) {
    case Kind::Arrival:
      return {{}, m.arrival};
    case Kind::Date:
      return {{}, sentDate(m)};
    case Kind::Size:
      return {{}, static_cast<std::int64_t>(m.size)};
    case Kind::Cc:
      return text(firstMailbox(m.envelope, EnvelopeFields::Cc));
    case Kind::From:
      return text(firstMailbox(m.envelope, EnvelopeFields::From));
    case Kind::To:
      return text(firstMailbox(m.envelope, EnvelopeFields::To));
    case Kind::DisplayFrom:
      return text(display(m.envelope, EnvelopeFields::From));
    case Kind::DisplayTo:
      return text(display(m.envelope, EnvelopeFields::To));
    case Kind::Subject:
      return text(header::baseSubject(m.envelope.text(EnvelopeFields::Subject)).text);
  }
  return {};
}

void sortItems(std::vector<SortItem>& items, const std::vector<SortKey>& keys) {
  std::stable_sort(items.begin(), items.end(), [&](const SortItem& a, const SortItem& b) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const int order = compare(a.values[i], b.values[i]);
      if (order != 0) return keys[i].reverse ? order > 0 : order < 0;
    }
    return false;
  });
}

}  // namespace ph::imap
