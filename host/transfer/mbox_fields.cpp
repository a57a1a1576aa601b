#include "transfer/mbox_fields.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "ph/date/date.hpp"
#include "ph/header/block.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::transfer {
namespace {

using store::kAnswered;
using store::kDeleted;
using store::kDraft;
using store::kFlagged;
using store::kSeen;

// First in what we export: so many fields behind it are ours, and this is what mbox has no place for.
constexpr std::string_view kOwn = "X-Posthouse-Export";

struct FlagLetter {
  char letter;
  std::uint32_t flag;
};
constexpr FlagLetter kStatus[] = {{'R', kSeen}};
constexpr FlagLetter kXStatus[] = {{'A', kAnswered}, {'F', kFlagged}, {'T', kDraft}, {'D', kDeleted}};

void addFlags(std::string_view value, std::uint32_t& flags) {
  for (const char c : value) {
    for (const auto& f : kStatus) flags |= c == f.letter ? f.flag : 0;
    for (const auto& f : kXStatus) flags |= c == f.letter ? f.flag : 0;
  }
}

void addKeywords(std::string_view value, std::vector<std::string>& keywords) {
  while (!value.empty()) {
    const auto begin = value.find_first_not_of(" \t,");
    if (begin == value.npos) return;
    value.remove_prefix(begin);
    const auto end = std::min(value.find_first_of(" \t,"), value.size());
    keywords.emplace_back(value.substr(0, end));
    value.remove_prefix(end);
  }
}

bool isState(std::string_view name) {
  for (const char* known : {"Status", "X-Status", "X-Keywords", "X-UID", "X-IMAP", "X-IMAPbase", "Content-Length"})
    if (ph::text::equalsNoCase(name, known)) return true;
  return false;
}

void readState(const ph::header::Field& field, Parcel& p) {
  const auto value = ph::header::unfold(field.value);
  if (ph::text::equalsNoCase(field.name, "Status") || ph::text::equalsNoCase(field.name, "X-Status"))
    addFlags(value, p.flags);
  if (ph::text::equalsNoCase(field.name, "X-Keywords")) addKeywords(value, p.keywords);
}

// "date=1; zone=2; size=3; fields=4"
std::int64_t numberIn(std::string_view value, std::string_view name) {
  const auto at = value.find(std::string(name) + "=");
  std::int64_t number = 0;
  if (at != value.npos) (void)std::from_chars(value.data() + at + name.size() + 1, value.data() + value.size(), number);
  return number;
}

void takeOwn(const ph::header::Block& block, Parcel& p, std::string& bytes) {
  const auto& fields = block.fields();
  const auto value = ph::header::unfold(fields[0].value);
  p.date = numberIn(value, "date");
  p.zone = static_cast<std::int32_t>(std::clamp<std::int64_t>(numberIn(value, "zone"), -1440, 1440));
  const auto size = static_cast<std::uint64_t>(numberIn(value, "size"));
  const auto ours = std::min<std::uint64_t>(
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, numberIn(value, "fields"))), fields.size() - 1);
  // Each is one line: a message may begin with a blank, which is not their continuation.
  std::size_t end = 0;
  for (std::uint64_t i = 0; i <= ours; ++i) end = std::min(bytes.find('\n', end), bytes.size() - 1) + 1;
  const ph::header::Block own(std::string_view(bytes).substr(0, end));
  for (std::size_t i = 1; i < own.fields().size(); ++i) readState(own.fields()[i], p);
  bytes.erase(0, end);
  // The line end that a message without one got.
  bytes = withCrlf(std::move(bytes));
  if (bytes.size() == size + 2 && bytes.ends_with("\r\n")) bytes.resize(bytes.size() - 2);
}

std::int64_t dateOf(const ph::mbox::Message& message, const ph::header::Block& block, std::int32_t* zone) {
  std::int64_t time = 0;
  if (ph::mbox::fromLineDate(message.fromLine, &time)) return time;
  const auto date = ph::date::parse(block.value("Date"));
  if (!date) return 0;
  *zone = date->zoneMinutes;
  return date->unixSeconds;
}

}  // namespace

Parcel fromMbox(ph::mbox::Message message) {
  Parcel p;
  const ph::header::Block block(message.bytes);
  p.date = dateOf(message, block, &p.zone);
  const auto& fields = block.fields();
  if (!fields.empty() && fields[0].offset == 0 && ph::text::equalsNoCase(fields[0].name, kOwn)) {
    auto bytes = message.bytes;
    takeOwn(block, p, bytes);
    p.bytes = std::move(bytes);
    return p;
  }
  std::string bytes;
  bytes.reserve(message.bytes.size());
  std::size_t from = 0;
  for (const auto& field : fields) {
    if (!isState(field.name)) continue;
    readState(field, p);
    bytes.append(message.bytes, from, field.offset - from);
    from = field.offset + field.size;
  }
  bytes.append(message.bytes, from);
  p.bytes = withCrlf(std::move(bytes));
  return p;
}

std::string toMbox(const Parcel& p) {
  const std::time_t date = p.date;
  std::tm tm{};
  ::gmtime_r(&date, &tm);
  char when[64];
  std::strftime(when, sizeof when, "%a %b %e %H:%M:%S %Y", &tm);
  std::string out = "From MAILER-DAEMON " + std::string(when) + "\n";
  std::string status, xStatus;
  for (const auto& f : kStatus) status += (p.flags & f.flag) != 0 ? std::string(1, f.letter) : "";
  for (const auto& f : kXStatus) xStatus += (p.flags & f.flag) != 0 ? std::string(1, f.letter) : "";
  std::string state = "Status: " + status + "O\n";
  int fields = 1;
  if (!xStatus.empty()) state += "X-Status: " + xStatus + "\n", ++fields;
  if (!p.keywords.empty()) {
    state += "X-Keywords:";
    for (const auto& k : p.keywords) state += " " + k;
    state += "\n";
    ++fields;
  }
  out += std::string(kOwn) + ": date=" + std::to_string(p.date) + "; zone=" + std::to_string(p.zone) +
         "; size=" + std::to_string(p.bytes.size()) + "; fields=" + std::to_string(fields) + "\n" + state;
  out.reserve(out.size() + p.bytes.size() + 64);
  std::string_view rest = p.bytes;
  bool body = false;  // only there a "From " line may follow an empty one
  while (!rest.empty()) {
    const auto nl = rest.find('\n');
    auto line = rest.substr(0, nl);
    rest.remove_prefix(nl == rest.npos ? rest.size() : nl + 1);
    if (line.ends_with('\r') && nl != rest.npos) line.remove_suffix(1);
    const auto text = line.find_first_not_of('>');
    if (body && text != line.npos && line.substr(text).starts_with("From ")) out += '>';
    body = body || line.empty();
    out.append(line).append("\n");
  }
  return out += '\n';
}

}  // namespace posthouse::transfer
