// Parameters of SELECT.
#include "ph/imap/select_parameters.hpp"

#include "ph/text/ascii.hpp"

namespace ph::imap {

namespace {

// known-uids: a sequence-set in which "*" is not allowed.
NumberSet parseKnown(Parser& p) {
  const SequenceSet set = p.sequenceSet();
  if (set.hasStar() || set.isSavedResult()) p.fail("known numbers are written out");
  return set.resolve(SequenceSet::kStar);
}

Qresync::Match parseMatch(Parser& p) {
  Qresync::Match out;
  p.expect('(');
  out.numbers = parseKnown(p);
  p.space();
  out.uids = parseKnown(p);
  p.expect(')');
  if (out.numbers.count() != out.uids.count()) p.fail("as many sequence numbers as UIDs are expected");
  return out;
}

Qresync parseQresync(Parser& p) {
  Qresync out;
  p.space();
  p.expect('(');
  out.uidValidity = p.nzNumber();
  p.space();
  out.modseq = p.number64();
  if (p.peek() == ' ' && text::isDigit(p.peek(1))) {
    p.space();
    out.known = parseKnown(p);
  }
  if (p.accept(' ')) out.match = parseMatch(p);
  p.expect(')');
  return out;
}

}  // namespace

SelectParameters parseSelectParameters(Parser& p) {
  SelectParameters out;
  p.expect('(');
  do {
    if (p.acceptWord("CONDSTORE")) {
      out.condstore = true;
    } else if (!out.qresync && p.acceptWord("QRESYNC")) {
      out.qresync = parseQresync(p);
    } else {
      p.fail("unknown parameter");
    }
  } while (p.accept(' '));
  p.expect(')');
  return out;
}

}  // namespace ph::imap
