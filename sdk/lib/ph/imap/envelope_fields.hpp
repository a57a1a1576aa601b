// The text of an ENVELOPE taken apart again: what searching, sorting and threading need of a message without its file.
// Guarantees: takes apart whatever imap::envelope made; anything else gives empty fields. Threads: pure functions.
// RFC 9051 7.5.2 (ENVELOPE), 6.4.4 (FROM and its like look at the envelope).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ph::imap {

struct EnvelopeAddress {
  std::string name;     // decoded
  std::string mailbox;  // of a group's beginning: its name
  std::string host;     // empty: a group begins or, without mailbox, ends
};

class EnvelopeFields {
 public:
  enum Field { Date, Subject, From, Sender, ReplyTo, To, Cc, Bcc, InReplyTo, MessageId };

  // The text must live as long as this.
  explicit EnvelopeFields(std::string_view envelope);

  bool isNil(Field field) const { return fields_[field].empty() || fields_[field] == "NIL"; }
  // Of Date, Subject, InReplyTo, MessageId, as written; empty for NIL.
  std::string text(Field field) const;
  // Of the others.
  std::vector<EnvelopeAddress> addresses(Field field) const;

 private:
  static constexpr int kCount = 10;
  std::string_view fields_[kCount];
};

// An address as people read it: "name <mailbox@host>", decoded.
std::string readable(const EnvelopeAddress& address);

// Whether the subject, or one of the addresses, holds the text, which foldCase gave. An empty one: the field is there.
bool envelopeHas(const EnvelopeFields& envelope, EnvelopeFields::Field field, const std::string& folded);

// All that envelopeHas finds, piece by piece, case folded. False of `piece` ends it.
void eachEnvelopeText(std::string_view envelope, const std::function<bool(const std::string& folded)>& piece);

}  // namespace ph::imap
