// IMAP commands: assembly agrees for every chunking, and every reader copes with every command.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "ph/imap/assembler.hpp"
#include "ph/imap/fetch_item.hpp"
#include "ph/imap/parser.hpp"
#include "ph/imap/search_key.hpp"
#include "ph/imap/select_parameters.hpp"
#include "ph/imap/writer.hpp"

namespace {

using ph::imap::CommandAssembler;
using ph::imap::Parser;

// Streams the literals of commands that hold an "S", buffers the others, refuses what is too large.
std::vector<std::string> assemble(std::string_view in, std::size_t step) {
  using State = CommandAssembler::State;
  CommandAssembler a({512, 64, 128, 64, 8});
  std::vector<std::string> log;
  while (!in.empty() && a.state() != State::Broken) {
    std::string_view piece = in.substr(0, step);
    in.remove_prefix(piece.size());
    while (!piece.empty() && a.state() != State::Broken) {
      if (a.state() == State::Streaming) {
        const auto n = std::min<std::uint64_t>(piece.size(), a.streamLeft());
        a.streamed(n);
        piece.remove_prefix(static_cast<std::size_t>(n));
        continue;
      }
      piece.remove_prefix(a.feed(piece));
      if (a.text().size() > 512 + 128) std::abort();
      if (a.state() == State::Announced) {
        log.emplace_back(a.text());
        if (a.text().find('S') != std::string_view::npos) {
          a.streamLiteral();
        } else if (!a.bufferLiteral()) {
          a.refuseLiteral();
        }
      }
      if (a.state() == State::Complete) {
        log.emplace_back(a.text());
        a.next();
      }
    }
  }
  if (a.state() == State::Broken) log.push_back("broken " + a.error());
  return log;
}

void readEverything(std::string_view command, bool utf8) {
  const auto parser = [&] { return Parser(command, {utf8}); };
  auto p = parser();
  p.tag();
  p.space();
  p.word();
  const std::size_t start = p.position();
  const std::string_view rest = command.substr(start);
  Parser search(rest, {utf8});
  (void)ph::imap::parseSearch(search);
  if (rest.empty()) return;
  const std::string_view arguments = rest.substr(1);
  const auto with = [&](auto&& read) {
    Parser q(arguments, {utf8});
    read(q);
    if (q.position() > arguments.size()) std::abort();
  };
  with([](Parser& q) {
    q.flagList();
    q.space();
    q.dateTime();
    q.space();
    q.streamedLiteral();
  });
  with([](Parser& q) {
    q.sequenceSet();
    q.space();
    q.nstring();
  });
  with([](Parser& q) {
    q.listMailbox();
    q.space();
    q.mailbox();
  });
  with([](Parser& q) {
    q.date();
    q.space();
    q.number64();
  });
  with([](Parser& q) {
    q.mailbox();
    q.space();
    const auto parameters = ph::imap::parseSelectParameters(q);
    if (!q.ok() || !parameters.qresync || !parameters.qresync->match) return;
    const auto& match = *parameters.qresync->match;
    if (match.numbers.count() != match.uids.count()) std::abort();
  });
  with([&](Parser& q) {
    const std::string text = q.astring();
    if (!q.ok()) return;
    std::string written;
    ph::imap::Writer(written, utf8).astring(text);
    Parser again(written, {utf8});
    const std::string read = again.astring();
    again.end();
    if (text.find('\0') == std::string::npos && (!again.ok() || read != text)) std::abort();
  });
  with([&](Parser& q) {
    const auto items = ph::imap::parseFetchItems(q);
    const auto modifiers = ph::imap::parseFetchModifiers(q);
    if (!q.ok()) return;
    if (modifiers.vanished && !modifiers.changedSince) std::abort();
    for (const auto& item : items) {
      if (ph::imap::responseName(item).empty()) std::abort();
    }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  const auto whole = assemble(in, size + 1);
  if (whole != assemble(in, 1) || whole != assemble(in, 5)) std::abort();
  for (const auto& command : whole) {
    readEverything(command, false);
    readEverything(command, true);
  }
  return 0;
}
