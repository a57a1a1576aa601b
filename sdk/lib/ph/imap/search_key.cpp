// The SEARCH grammar: keys by table, operators by recursion.
#include "ph/imap/search_key.hpp"

#include <algorithm>
#include <array>

#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace ph::imap {

namespace {

using Kind = SearchKey::Kind;

enum class Argument { None, Flag, String, FieldAndString, Day, Number, Interval, ModSeq, Set };

struct KeyRow {
  std::string_view name;
  Kind kind;
  Argument argument = Argument::None;
  bool negated = false;
};

constexpr std::array kKeys = {
    KeyRow{"ALL", Kind::All},
    KeyRow{"ANSWERED", Kind::Answered},
    KeyRow{"BCC", Kind::Bcc, Argument::String},
    KeyRow{"BEFORE", Kind::Before, Argument::Day},
    KeyRow{"BODY", Kind::Body, Argument::String},
    KeyRow{"CC", Kind::Cc, Argument::String},
    KeyRow{"DELETED", Kind::Deleted},
    KeyRow{"DRAFT", Kind::Draft},
    KeyRow{"EMAILID", Kind::EmailId, Argument::Flag},
    KeyRow{"FLAGGED", Kind::Flagged},
    KeyRow{"FROM", Kind::From, Argument::String},
    KeyRow{"HEADER", Kind::Header, Argument::FieldAndString},
    KeyRow{"KEYWORD", Kind::Keyword, Argument::Flag},
    KeyRow{"LARGER", Kind::Larger, Argument::Number},
    KeyRow{"MODSEQ", Kind::ModSeq, Argument::ModSeq},
    KeyRow{"NEW", Kind::New},
    KeyRow{"OLD", Kind::Old},
    KeyRow{"OLDER", Kind::Older, Argument::Interval},
    KeyRow{"ON", Kind::On, Argument::Day},
    KeyRow{"RECENT", Kind::Recent},
    KeyRow{"SAVEDATESUPPORTED", Kind::SaveDateSupported},
    KeyRow{"SAVEDBEFORE", Kind::SavedBefore, Argument::Day},
    KeyRow{"SAVEDON", Kind::SavedOn, Argument::Day},
    KeyRow{"SAVEDSINCE", Kind::SavedSince, Argument::Day},
    KeyRow{"SEEN", Kind::Seen},
    KeyRow{"SENTBEFORE", Kind::SentBefore, Argument::Day},
    KeyRow{"SENTON", Kind::SentOn, Argument::Day},
    KeyRow{"SENTSINCE", Kind::SentSince, Argument::Day},
    KeyRow{"SINCE", Kind::Since, Argument::Day},
    KeyRow{"SMALLER", Kind::Smaller, Argument::Number},
    KeyRow{"SUBJECT", Kind::Subject, Argument::String},
    KeyRow{"TEXT", Kind::Text, Argument::String},
    KeyRow{"THREADID", Kind::ThreadId, Argument::Flag},
    KeyRow{"TO", Kind::To, Argument::String},
    KeyRow{"UID", Kind::Uid, Argument::Set},
    KeyRow{"UNANSWERED", Kind::Answered, Argument::None, true},
    KeyRow{"UNDELETED", Kind::Deleted, Argument::None, true},
    KeyRow{"UNDRAFT", Kind::Draft, Argument::None, true},
    KeyRow{"UNFLAGGED", Kind::Flagged, Argument::None, true},
    KeyRow{"UNKEYWORD", Kind::Keyword, Argument::Flag, true},
    KeyRow{"UNSEEN", Kind::Seen, Argument::None, true},
    KeyRow{"YOUNGER", Kind::Younger, Argument::Interval},
};

class KeyParser {
 public:
  explicit KeyParser(Parser& p) : p_(p) {}

  // search-key *(SP search-key), as one key.
  SearchKey keys(int depth) {
    SearchKey all{Kind::And};
    do {
      all.children.push_back(key(depth));
    } while (p_.accept(' '));
    return all.children.size() == 1 ? SearchKey(std::move(all.children.front())) : all;
  }

 private:
  SearchKey key(int depth) {
    if (depth > kMaxSearchDepth) p_.fail("search is nested too deeply");
    if (++count_ > kMaxSearchKeys) p_.fail("search has too many keys");
    if (!p_.ok()) return {};
    if (p_.accept('(')) {
      SearchKey out = keys(depth + 1);
      p_.expect(')');
      return out;
    }
    const char c = p_.peek();
    if (text::isDigit(c) || c == '*' || c == '$') {
      SearchKey out{Kind::Sequence};
      out.set = p_.sequenceSet();
      return out;
    }
    const std::string name = p_.word();
    if (name == "NOT") return negate(operand(depth));
    if (name == "OR") {
      SearchKey out{Kind::Or};
      out.children.push_back(operand(depth));
      out.children.push_back(operand(depth));
      return out;
    }
    const auto row = std::find_if(kKeys.begin(), kKeys.end(), [&](const KeyRow& r) { return r.name == name; });
    if (row == kKeys.end()) {
      p_.fail("unknown search key");
      return {};
    }
    SearchKey out{row->kind};
    argument(row->argument, out);
    return row->negated ? negate(std::move(out)) : out;
  }

  SearchKey operand(int depth) {
    p_.space();
    return key(depth + 1);
  }

  static SearchKey negate(SearchKey&& key) {
    SearchKey out{Kind::Not};
    out.children.push_back(std::move(key));
    return out;
  }

  std::string text() {
    std::string out = p_.astring();
    if (!text::isUtf8(out)) p_.fail("search text is not UTF-8");
    return out;
  }

  void argument(Argument kind, SearchKey& out) {
    if (kind != Argument::None) p_.space();
    switch (kind) {
      case Argument::None:
        break;
      case Argument::Flag:
        out.text = p_.atom();
        break;
      case Argument::String:
        out.text = text();
        break;
      case Argument::FieldAndString:
        out.field = p_.astring();
        p_.space();
        out.text = text();
        break;
      case Argument::Day:
        out.day = p_.date();
        break;
      case Argument::Number:
        out.number = p_.number64();
        break;
      case Argument::Interval:
        out.number = p_.nzNumber();
        break;
      case Argument::ModSeq:
        modSeq(out);
        break;
      case Argument::Set:
        out.set = p_.sequenceSet();
        break;
    }
  }

  // search-modsequence = "MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer (RFC 7162 7). The entry
  // is checked and forgotten: the server keeps one value per message (RFC 7162 3.1.5 allows that).
  void modSeq(SearchKey& out) {
    if (p_.peek() == '"') {
      const std::string entry = p_.quoted();
      if (p_.ok() && !text::startsWithNoCase(entry, "/flags/")) p_.fail("unknown metadata entry");
      p_.space();
      const std::string type = p_.word();
      if (p_.ok() && type != "ALL" && type != "PRIV" && type != "SHARED") p_.fail("unknown entry type");
      p_.space();
    }
    out.number = p_.number64();
  }

  Parser& p_;
  std::size_t count_ = 0;
};

bool isKnownCharset(std::string_view name) {
  return text::equalsNoCase(name, "UTF-8") || text::equalsNoCase(name, "US-ASCII");
}

}  // namespace

// search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"
SearchReturn parseSearchReturn(Parser& p) {
  SearchReturn out;
  out.given = true;
  p.space();
  p.expect('(');
  if (!p.accept(')')) {
    do {
      const std::string option = p.word();
      if (option == "PARTIAL") {
        // RFC 9394 3.1: one of PARTIAL and ALL at most.
        if (out.partial) p.fail("PARTIAL is given twice");
        p.space();
        out.partial = parsePartialRange(p);
        continue;
      }
      bool* flag = option == "MIN"     ? &out.min
                   : option == "MAX"   ? &out.max
                   : option == "ALL"   ? &out.all
                   : option == "COUNT" ? &out.count
                   : option == "SAVE"  ? &out.save
                                       : nullptr;
      if (flag == nullptr) {
        p.fail("unknown return option");
      } else {
        *flag = true;
      }
    } while (p.accept(' '));
    p.expect(')');
  }
  // RFC 4731 3.1: an empty list means ALL.
  if (out.partial && out.all) p.fail("PARTIAL and ALL exclude each other");
  if (!out.min && !out.max && !out.count && !out.save && !out.partial) out.all = true;
  return out;
}

namespace {

// The charset, if it is there, and the keys.
void parseCriteria(Parser& p, bool hasCharset, SearchProgram& out) {
  if (hasCharset) {
    const std::string charset = p.astring();
    p.space();
    out.charsetKnown = !p.ok() || isKnownCharset(charset);
    if (!out.charsetKnown) return;
  }
  out.key = KeyParser(p).keys(1);
  p.end();
}

}  // namespace

SearchProgram parseSearch(Parser& p) {
  SearchProgram out;
  p.space();
  if (p.acceptWord("RETURN")) {
    out.result = parseSearchReturn(p);
    p.space();
  }
  const bool hasCharset = p.acceptWord("CHARSET");
  if (hasCharset) p.space();
  parseCriteria(p, hasCharset, out);
  return out;
}

SearchProgram parseSearchCriteria(Parser& p) {
  SearchProgram out;
  p.space();
  parseCriteria(p, true, out);
  return out;
}

}  // namespace ph::imap
