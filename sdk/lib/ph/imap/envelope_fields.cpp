#include "ph/imap/envelope_fields.hpp"

#include <algorithm>
#include <charconv>

#include "ph/charset/convert.hpp"
#include "ph/charset/words.hpp"

namespace ph::imap {

namespace {

constexpr EnvelopeFields::Field kSearchable[] = {EnvelopeFields::From, EnvelopeFields::To, EnvelopeFields::Cc,
                                                 EnvelopeFields::Bcc, EnvelopeFields::Subject};

// Walks over values: NIL, "quoted", {literal}, (list).
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool atEnd() const { return at_ >= text_.size(); }
  bool accept(char c) {
    if (atEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // One value as written; empty when there is none.
  std::string_view value() {
    accept(' ');
    const size_t start = at_;
    int depth = 0;
    do {
      if (atEnd()) return {};
      const char c = text_[at_];
      if (c == '"') {
        if (!skipQuoted()) return {};
      } else if (c == '{') {
        if (!skipLiteral()) return {};
      } else if (c == '(') {
        ++depth;
        ++at_;
      } else if (c == ')') {
        if (--depth < 0) return {};
        ++at_;
      } else if (c == ' ') {
        ++at_;
      } else {
        while (!atEnd() && text_[at_] != ' ' && text_[at_] != ')' && text_[at_] != '(') ++at_;
      }
    } while (depth > 0);
    return text_.substr(start, at_ - start);
  }

 private:
  bool skipQuoted() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        return ++at_, true;
      }
    }
    return false;
  }
  bool skipLiteral() {
    size_t size = 0;
    const char* end = text_.data() + text_.size();
    const auto number = std::from_chars(text_.data() + at_ + 1, end, size);
    const size_t head = static_cast<size_t>(number.ptr - text_.data());
    if (number.ec != std::errc() || text_.substr(head, 3) != "}\r\n" || size > text_.size() - head - 3) return false;
    at_ = head + 3 + size;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
};

std::string unquote(std::string_view value) {
  std::string out;
  if (value.size() >= 2 && value.front() == '"') {
    value = value.substr(1, value.size() - 2);
    for (size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '\\' && i + 1 < value.size()) ++i;
      out += value[i];
    }
  } else if (!value.empty() && value.front() == '{') {
    out = value.substr(value.find('\n') + 1);
  }
  return out;
}

std::string_view inside(std::string_view list) {
  return list.size() >= 2 && list.front() == '(' ? list.substr(1, list.size() - 2) : std::string_view();
}

}  // namespace

EnvelopeFields::EnvelopeFields(std::string_view envelope) {
  Cursor all(inside(envelope));
  for (auto& field : fields_) field = all.value();
}

std::string EnvelopeFields::text(Field field) const {
  return unquote(fields_[field]);
}

std::vector<EnvelopeAddress> EnvelopeFields::addresses(Field field) const {
  std::vector<EnvelopeAddress> out;
  Cursor list(inside(fields_[field]));
  while (!list.atEnd()) {
    const auto one = list.value();
    if (one.empty()) break;
    Cursor parts(inside(one));
    EnvelopeAddress a;
    a.name = charset::decodeWords(unquote(parts.value()));
    parts.value();
    a.mailbox = unquote(parts.value());
    a.host = unquote(parts.value());
    out.push_back(std::move(a));
  }
  return out;
}

std::string readable(const EnvelopeAddress& a) {
  if (a.host.empty()) return charset::decodeWords(a.mailbox);
  const std::string address = a.mailbox + "@" + a.host;
  return a.name.empty() ? address : a.name + " <" + address + ">";
}

bool envelopeHas(const EnvelopeFields& envelope, EnvelopeFields::Field field, const std::string& folded) {
  if (envelope.isNil(field)) return false;
  if (folded.empty()) return true;
  const auto holds = [&](const std::string& text) { return charset::foldCase(text).find(folded) != text.npos; };
  if (field == EnvelopeFields::Subject) return holds(charset::decodeWords(envelope.text(field)));
  const auto list = envelope.addresses(field);
  return std::any_of(list.begin(), list.end(), [&](const auto& a) { return holds(readable(a)); });
}

void eachEnvelopeText(std::string_view text, const std::function<bool(const std::string& folded)>& piece) {
  const EnvelopeFields envelope(text);
  for (const auto field : kSearchable) {
    if (field == EnvelopeFields::Subject) {
      if (!piece(charset::foldCase(charset::decodeWords(envelope.text(field))))) return;
      continue;
    }
    for (const auto& a : envelope.addresses(field)) {
      if (!piece(charset::foldCase(readable(a)))) return;
    }
  }
}

}  // namespace ph::imap
