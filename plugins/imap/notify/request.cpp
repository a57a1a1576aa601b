#include "notify/request.hpp"

#include <algorithm>

#include "ph/imap/mailbox_name.hpp"

namespace ph_imap {

namespace {

using Group = NotifyRequest::Group;

constexpr size_t kMaxGroups = 100;
constexpr size_t kMaxNames = 1000;

struct EventName {
  std::string_view name;
  uint32_t bit;
};
constexpr EventName kEvents[] = {{"MESSAGENEW", kMessageNew},
                                 {"MESSAGEEXPUNGE", kMessageExpunge},
                                 {"FLAGCHANGE", kFlagChange},
                                 {"MAILBOXNAME", kMailboxName},
                                 {"SUBSCRIPTIONCHANGE", kSubscriptionChange},
                                 {"MAILBOXMETADATACHANGE", kMailboxMetadata},
                                 {"SERVERMETADATACHANGE", kServerMetadata}};

// one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")". A name that can't be is one that is not there.
void parseNames(ph::imap::Parser& parser, Group& group) {
  parser.space();
  const bool many = parser.accept('(');
  do {
    if (const auto name = ph::imap::canonicalMailboxName(parser.mailbox())) group.names.push_back(*name);
    if (group.names.size() > kMaxNames) parser.fail("too many mailboxes");
  } while (many && parser.accept(' '));
  if (many) parser.expect(')');
}

// events = "(" event *(SP event) ")" / "NONE". The first event may be without parentheses, as the RFC's examples have
// it.
uint32_t parseEvents(ph::imap::Parser& parser, NotifyRequest& request, bool selected) {
  parser.space();
  if (parser.acceptWord("NONE")) return 0;
  uint32_t events = 0;
  const bool enclosed = parser.accept('(');
  do {
    const std::string name = parser.word();
    const auto* found =
        std::find_if(std::begin(kEvents), std::end(kEvents), [&](const EventName& e) { return e.name == name; });
    if (found == std::end(kEvents)) {
      request.unknownEvent = true;
      continue;
    }
    events |= found->bit;
    if (found->bit == kMessageNew && parser.peek() == ' ' && parser.peek(1) == '(') {
      parser.space();
      if (!selected) parser.fail("only new messages of the selected mailbox are shown");
      request.items = ph::imap::parseFetchItems(parser);
    }
  } while (parser.accept(' '));
  if (enclosed) parser.expect(')');
  // RFC 5465 5.
  const uint32_t both = kMessageNew | kMessageExpunge;
  if ((events & kMessageEvents) != 0 && (events & both) != both && !request.unknownEvent) {
    parser.fail("MessageNew and MessageExpunge go together");
  }
  return events;
}

void parseGroup(ph::imap::Parser& parser, NotifyRequest& request) {
  parser.expect('(');
  const std::string where = parser.word();
  if (where == "SELECTED" || where == "SELECTED-DELAYED") {
    if (request.isSelectedNamed) parser.fail("the selected mailbox is named twice");
    request.isSelectedNamed = true;
    request.delayed = where == "SELECTED-DELAYED";
    request.selected = parseEvents(parser, request, true);
    // RFC 5465 6.1.
    if (request.selected & ~kMessageEvents) parser.fail("only message events go with the selected mailbox");
  } else {
    Group group;
    if (where == "SUBSCRIBED") {
      group.where = Group::Where::Subscribed;
    } else if (where == "SUBTREE" || where == "MAILBOXES") {
      group.where = where == "SUBTREE" ? Group::Where::Subtree : Group::Where::Mailboxes;
      parseNames(parser, group);
    } else if (where != "PERSONAL" && where != "INBOXES") {  // RFC 5465 6.3: mail is delivered to any mailbox
      parser.fail("unknown mailbox specifier");
    }
    group.events = parseEvents(parser, request, false);
    request.groups.push_back(std::move(group));
  }
  parser.expect(')');
}

bool isIn(const Group& group, const std::string& name, bool subscribed) {
  switch (group.where) {
    case Group::Where::Personal:
      return true;
    case Group::Where::Subscribed:
      return subscribed;
    case Group::Where::Mailboxes:
      return std::find(group.names.begin(), group.names.end(), name) != group.names.end();
    case Group::Where::Subtree:
      return std::any_of(group.names.begin(), group.names.end(), [&](const std::string& top) {
        return name == top || (name.size() > top.size() && name[top.size()] == ph::imap::kHierarchyDelimiter &&
                               name.compare(0, top.size(), top) == 0);
      });
  }
  return false;
}

}  // namespace

uint32_t NotifyRequest::eventsOf(const std::string& name, bool subscribed) const {
  uint32_t events = 0;
  for (const Group& group : groups) {
    if (isIn(group, name, subscribed)) events |= group.events;
  }
  return events;
}

bool NotifyRequest::wants(uint32_t event) const {
  return std::any_of(groups.begin(), groups.end(), [&](const Group& g) { return (g.events & event) != 0; });
}

NotifyRequest parseNotify(ph::imap::Parser& parser) {
  NotifyRequest request;
  parser.space();
  if (parser.acceptWord("NONE")) {
    request.none = true;
  } else {
    parser.expectWord("SET");
    parser.space();
    if (parser.acceptWord("STATUS")) {
      request.status = true;
      parser.space();
    }
    size_t count = 0;
    do {
      parseGroup(parser, request);
      if (++count > kMaxGroups) parser.fail("too many groups");
    } while (parser.accept(' '));
  }
  parser.end();
  return request;
}

}  // namespace ph_imap
