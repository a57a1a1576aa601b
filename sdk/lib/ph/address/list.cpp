// A tolerant recursive-free reader: collects words until a structural character decides what they were.
#include "ph/address/list.hpp"

#include <algorithm>

#include "ph/address/addr_spec.hpp"
#include "ph/charset/words.hpp"
#include "ph/text/ascii.hpp"

namespace ph::address {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  AddressList run() {
    while (pos_ < in_.size()) {
      const char c = in_[pos_];
      if (text::isSpace(c) || c == '\0') {
        blank_ = true;
        ++pos_;
      } else if (c == '(') {
        comment();
      } else if (c == '"') {
        quoted();
      } else if (c == '<') {
        angle();
      } else if (c == ',' || (c == ';' && !inGroup_)) {
        ++pos_;
        endMailbox();
      } else if (c == ';') {
        ++pos_;
        endMailbox();
        inGroup_ = false;
      } else if (c == ':' && !inGroup_ && !at_ && !hasAngle_) {
        ++pos_;
        startGroup();
      } else if (c == '@' && !hasAngle_) {
        ++pos_;
        if (at_) {  // the last "@" counts
          local_ += '@' + domain_;
          domain_.clear();
          ++list_.skipped;
        }
        at_ = true;
        blank_ = false;
      } else if (c == '>' || c == ')') {  // nothing is open
        ++pos_;
        ++list_.skipped;
      } else {
        atom();
      }
    }
    endMailbox();
    return std::move(list_);
  }

 private:
  void comment() {
    std::string content;
    size_t depth = 0;
    for (; pos_ < in_.size(); ++pos_) {
      char c = in_[pos_];
      if (c == '(' && depth++ == 0) continue;
      if (c == ')' && --depth == 0) {
        ++pos_;
        break;
      }
      if (c == '\\' && pos_ + 1 < in_.size()) c = in_[++pos_];
      if (c != '\r' && c != '\n' && c != '\0') content += c;
    }
    blank_ = true;
    comment_ = text::trim(content);
  }

  // Adds a word to the name, local-part or domain, whichever is being read.
  void word(std::string_view text, bool isQuoted) {
    if (at_ && !hasAngle_) {
      // Blanks may stand around the dots of a domain (RFC 5322 4.4, obs-domain), not between two words of it.
      if (blank_ && !domain_.empty() && domain_.back() != '.' && !text.empty() && text.front() != '.') {
        ++list_.skipped;
      } else {
        domain_.append(text);
      }
    } else {
      if (!hasAngle_ || !words_.empty()) {
        if (blank_ && !words_.empty()) words_ += ' ';
        words_.append(text);
        // The local-part drops blanks around its dots (RFC 5322 4.4, obs-local-part).
        local_.append(text);
        any_ = any_ || isQuoted || !text.empty();
      } else {
        ++list_.skipped;  // words after the angle address
      }
    }
    blank_ = false;
  }

  static std::string readQuoted(std::string_view in, size_t& pos) {
    std::string out;
    for (++pos; pos < in.size() && in[pos] != '"'; ++pos) {
      if (in[pos] == '\\' && pos + 1 < in.size()) ++pos;
      if (in[pos] != '\r' && in[pos] != '\n' && in[pos] != '\0') out += in[pos];
    }
    if (pos < in.size()) ++pos;
    return out;
  }

  void quoted() { word(readQuoted(in_, pos_), true); }

  void atom() {
    const size_t start = pos_;
    if (in_[pos_] == '[' && at_) {  // domain-literal
      pos_ = std::min(in_.size(), in_.find_first_of(std::string_view("]\r\n\0", 4), pos_));
      if (pos_ < in_.size() && in_[pos_] == ']') ++pos_;
    } else {
      ++pos_;
      while (pos_ < in_.size() && !text::isSpace(in_[pos_]) && in_[pos_] != '\0' &&
             std::string_view("()<>\",;:@[").find(in_[pos_]) == std::string_view::npos) {
        ++pos_;
      }
    }
    word(in_.substr(start, pos_ - start), false);
  }

  // "<" [route ":"] addr-spec ">"
  void angle() {
    ++pos_;
    if (hasAngle_ || at_) {
      // "a@b <c@d>": the bare address was meant as the name.
      if (hasAngle_) ++list_.skipped;
      if (at_) words_ = local_ + '@' + domain_;
    }
    std::string local, domain;
    bool at = false;
    size_t depth = 0;
    while (pos_ < in_.size() && in_[pos_] != '>') {
      const char c = in_[pos_];
      if (c == '(' || depth > 0) {
        if (c == '(') ++depth;
        if (c == ')') --depth;
        if (c == '\\' && pos_ + 1 < in_.size()) ++pos_;
        ++pos_;
      } else if (c == '"') {
        (at ? domain : local) += readQuoted(in_, pos_);
      } else if (c == '<') {
        break;  // the first was never closed
      } else {
        if (c == '@') {
          if (at) local += '@' + domain;  // the last "@" counts
          domain.clear();
          at = true;
        } else if (c == ':' && at && local.empty()) {  // a route ends here (RFC 5322 4.4, obs-route)
          at = false;
          domain.clear();
        } else if (c == ',' && local.empty()) {
          at = false;  // between two routes
          domain.clear();
        } else if (!text::isSpace(c) && c != '\0') {
          (at ? domain : local) += c;
        }
        ++pos_;
      }
    }
    if (pos_ < in_.size() && in_[pos_] == '>') {
      ++pos_;
    } else {
      ++list_.skipped;
    }
    if (!hasAngle_) {
      local_ = std::move(local);
      domain_ = std::move(domain);
      hasAngle_ = true;
      at_ = false;
    }
  }

  void startGroup() {
    Address group;
    group.isGroup = true;
    group.mailbox.name = words_;
    if (count_ < kMaxAddresses) {
      ++count_;
      list_.addresses.push_back(std::move(group));
      inGroup_ = true;
    } else {
      ++list_.skipped;
    }
    reset();
  }

  void endMailbox() {
    Mailbox mailbox;
    if (hasAngle_) {
      mailbox = {words_, local_, domain_};
      if (mailbox.name.empty()) mailbox.name = comment_;
    } else if (at_) {
      mailbox = {comment_, local_, domain_};
    } else if (any_) {
      mailbox = {comment_, words_, {}};  // a lone word
      ++list_.skipped;
    }
    const bool useful = !mailbox.localpart.empty() || !mailbox.domain.empty();
    if (useful && count_ < kMaxAddresses) {
      ++count_;
      if (inGroup_) {
        list_.addresses.back().members.push_back(std::move(mailbox));
      } else {
        list_.addresses.push_back({false, std::move(mailbox), {}});
      }
    } else if (useful || hasAngle_ || at_) {
      ++list_.skipped;
    }
    reset();
  }

  void reset() {
    words_.clear();
    local_.clear();
    domain_.clear();
    comment_.clear();
    at_ = hasAngle_ = any_ = blank_ = false;
  }

  std::string_view in_;
  size_t pos_ = 0;
  AddressList list_;
  size_t count_ = 0;
  bool inGroup_ = false;
  std::string words_;  // joined by single blanks: a name, or a lone word
  std::string local_;
  std::string domain_;
  std::string comment_;
  bool at_ = false;
  bool hasAngle_ = false;
  bool any_ = false;
  bool blank_ = false;
};

}  // namespace

AddressList parseList(std::string_view value) {
  return Reader(value).run();
}

std::vector<Mailbox> mailboxes(const AddressList& list) {
  std::vector<Mailbox> out;
  for (const Address& address : list.addresses) {
    if (address.isGroup) {
      out.insert(out.end(), address.members.begin(), address.members.end());
    } else {
      out.push_back(address.mailbox);
    }
  }
  return out;
}

std::string formatMailbox(const Mailbox& mailbox) {
  std::string address = formatAddrSpec(mailbox.localpart, mailbox.domain);
  std::erase_if(address, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  if (mailbox.name.empty()) return address;
  return charset::encodePhrase(mailbox.name) + " <" + address + '>';
}

}  // namespace ph::address
