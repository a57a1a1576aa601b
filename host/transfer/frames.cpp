#include "transfer/frames.hpp"

#include "json/parse.hpp"

namespace posthouse::transfer {
namespace {

using json::Value;

const ph::Error kBad{ph::Kind::Invalid, "not a batch of messages"};

void add(std::string& out, const Parcel& p) {
  Value head = Value::object({{"mailbox", p.mailbox},
                              {"flags", static_cast<std::uint64_t>(p.flags)},
                              {"keywords", p.keywords},
                              {"date", p.date},
                              {"zone", static_cast<std::int64_t>(p.zone)},
                              {"key", toHex(p.key)},
                              {"size", static_cast<std::uint64_t>(p.bytes.size())}});
  out.append(json::text(head)).append("\n").append(p.bytes);
}

// One line of JSON, which is taken from `text`.
ph::Result<Value> head(std::string_view& text) {
  const auto nl = text.find('\n');
  if (nl == text.npos) return kBad;
  auto value = json::parse(text.substr(0, nl));
  if (!value || value->type() != Value::Type::Object) return kBad;
  text.remove_prefix(nl + 1);
  return value;
}

bool isInt(const Value& v) {
  return v.type() == Value::Type::Int;
}

ph::Result<Parcel> parcel(const Value& head, std::string_view& text) {
  const Value &size = head["size"], &flags = head["flags"], &date = head["date"], &zone = head["zone"];
  if (!isInt(size) || !isInt(flags) || !isInt(date) || !isInt(zone) || size.integer() < 0 ||
      static_cast<std::uint64_t>(size.integer()) > text.size())
    return kBad;
  Parcel p;
  p.mailbox = head["mailbox"].string();
  p.flags = static_cast<std::uint32_t>(flags.integer()) & store::kAllFlags;
  p.keywords = head["keywords"].strings();
  p.date = date.integer();
  p.zone = static_cast<std::int32_t>(zone.integer());
  auto key = fromHex(head["key"].string());
  if (!key) return kBad;
  p.key = std::move(*key);
  p.bytes = text.substr(0, static_cast<std::size_t>(size.integer()));
  text.remove_prefix(p.bytes.size());
  return p;
}

}  // namespace

std::string toHex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char c : bytes) out.append(1, kDigits[c >> 4]).append(1, kDigits[c & 15]);
  return out;
}

ph::Result<std::string> fromHex(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  std::string out;
  if (text.size() % 2 != 0) return ph::Error{ph::Kind::Invalid, "not hexadecimal"};
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return ph::Error{ph::Kind::Invalid, "not hexadecimal"};
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

std::string encode(const Batch& batch) {
  std::string out;
  out.reserve(batch.bytes() + 256 * batch.parcels.size());
  for (const auto& f : batch.folders) {
    const Value head =
        Value::object({{"folder", f.name}, {"use", static_cast<std::int64_t>(f.use)}, {"subscribed", f.subscribed}});
    out.append(json::text(head)).append("\n");
  }
  for (const auto& p : batch.parcels) add(out, p);
  return out;
}

ph::Result<Batch> decodeBatch(std::string_view text) {
  Batch batch;
  while (!text.empty()) {
    const auto h = head(text);
    if (!h) return h.error();
    if (h->find("folder")) {
      const auto use = (*h)["use"].integer();
      if (use < 0 || use > static_cast<int>(store::Use::Flagged)) return kBad;
      batch.folders.push_back({(*h)["folder"].string(), static_cast<store::Use>(use), (*h)["subscribed"].boolean()});
      continue;
    }
    auto p = parcel(*h, text);
    if (!p) return p.error();
    batch.parcels.push_back(std::move(*p));
  }
  return batch;
}

std::string encode(const Page& page) {
  const Value head = Value::object({{"next", static_cast<std::uint64_t>(page.next)}, {"problems", page.problems}});
  std::string out = json::text(head) + "\n";
  for (const auto& p : page.parcels) add(out, p);
  return out;
}

ph::Result<Page> decodePage(std::string_view text) {
  const auto first = head(text);
  if (!first || !isInt((*first)["next"])) return kBad;
  Page page;
  page.next = static_cast<store::Uid>((*first)["next"].integer());
  page.problems = (*first)["problems"].strings();
  while (!text.empty()) {
    const auto h = head(text);
    if (!h) return h.error();
    auto p = parcel(*h, text);
    if (!p) return p.error();
    page.parcels.push_back(std::move(*p));
  }
  return page;
}

}  // namespace posthouse::transfer
