// Address lists of headers: clean ones exactly, broken ones as far as they can be understood.
#include "ph/address/list.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace {
using namespace ph::address;

// "name|localpart|domain" for each mailbox, "name:...;" for a group, and "!n" for n things skipped.
std::string shape(std::string_view value) {
  const AddressList list = parseList(value);
  std::string out;
  const auto add = [&](const Mailbox& m) { out += '{' + m.name + '|' + m.localpart + '|' + m.domain + '}'; };
  for (const Address& one : list.addresses) {
    if (one.isGroup) {
      out += one.mailbox.name + ':';
      for (const Mailbox& m : one.members) add(m);
      out += ';';
    } else {
      add(one.mailbox);
    }
  }
  return list.skipped ? out + '!' + std::to_string(list.skipped) : out;
}

class ListTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ListTest);
  CPPUNIT_TEST(parsed);
  CPPUNIT_TEST(limits);
  CPPUNIT_TEST(flat);
  CPPUNIT_TEST(formatted);
  CPPUNIT_TEST_SUITE_END();

  void parsed() {
    const struct {
      std::string value, shape;
    } kTable[] = {
        {"", ""},
        {" , ,, ", ""},
        {"a@x.example", "{|a|x.example}"},
        {"<a@x.example>", "{|a|x.example}"},
        {"Ann Lee <a@X.example>", "{Ann Lee|a|X.example}"},
        {"\"Lee, Ann\" <a@x>, b@y", "{Lee, Ann|a|x}{|b|y}"},
        {"\"a \\\"q\\\" b\" <a@x>", "{a \"q\" b|a|x}"},
        {"Ann\r\n  Lee\r\n\t<a@x>", "{Ann Lee|a|x}"},
        {"a@x (Ann (the) Lee)", "{Ann (the) Lee|a|x}"},
        {"Ann (ignored) Lee <a@x>", "{Ann Lee|a|x}"},
        {"(c) a (c) . (c) b @ (c) x . y (c)", "{c|a.b|x.y}"},
        {"\"a b\"@x", "{|a b|x}"},
        {"\"a b\" . c@x", "{|a b.c|x}"},
        {"<@r1.example,@r2.example:a@x>", "{|a|x}"},
        {"a@[192.0.2.1]", "{|a|[192.0.2.1]}"},
        {"<a@[IPv6:::1]>", "{|a|[IPv6:::1]}"},
        {"=?utf-8?Q?Zo=C3=AB?= <z@x>", "{=?utf-8?Q?Zo=C3=AB?=|z|x}"},
        {"Zoë <zoë@bücher.example>", "{Zoë|zoë|bücher.example}"},
        {"Team: a@x, B <b@x>; , c@y", "Team:{|a|x}{B|b|x};{|c|y}"},
        {"undisclosed-recipients:;", "undisclosed-recipients:;"},
        {"\"A: B\": a@x;", "A: B:{|a|x};"},
        {"One: a@x; Two: b@y;", "One:{|a|x};Two:{|b|y};"},
        // Broken.
        {"alone", "{|alone|}!1"},
        {"a@b <c@d>", "{a@b|c|d}"},
        {"a@b@c", "{|a@b|c}!1"},
        {"a@x; b@y", "{|a|x}{|b|y}"},
        {"a@x>, b@y", "{|a|x}{|b|y}!1"},
        {"a@x trailing, b@y", "{|a|x}{|b|y}!1"},
        {"<a@x", "{|a|x}!1"},
        {"Ann <>", "!1"},
        {"\"open <a@x>", "{|open <a@x>|}!1"},
        {"(open a@x", ""},
        {"Team: a@x, b@y", "Team:{|a|x}{|b|y};"},
        {"<a@x><b@y>", "{|a|x}!1"},
        {std::string("a\0b@x", 5), "{|ab|x}"},
    };
    for (const auto& t : kTable) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.value, t.shape, shape(t.value));
    }
  }

  void limits() {
    std::string many;
    for (size_t i = 0; i < kMaxAddresses + 10; ++i) many += "a@x,";
    const auto list = parseList(many);
    CPPUNIT_ASSERT_EQUAL(kMaxAddresses, list.addresses.size());
    CPPUNIT_ASSERT_EQUAL(size_t{10}, list.skipped);
    std::string groups;
    for (size_t i = 0; i < kMaxAddresses + 10; ++i) groups += ":;";
    CPPUNIT_ASSERT_EQUAL(kMaxAddresses, parseList(groups).addresses.size());
  }

  void flat() {
    const auto all = mailboxes(parseList("a@x, G: b@x, c@x;, d@x"));
    CPPUNIT_ASSERT_EQUAL(size_t{4}, all.size());
    CPPUNIT_ASSERT_EQUAL(std::string("c"), all[2].localpart);
  }

  void formatted() {
    const struct {
      Mailbox mailbox;
      std::string text;
    } kTable[] = {
        {{"", "a", "x"}, "a@x"},
        {{"Ann Lee", "a", "x"}, "Ann Lee <a@x>"},
        {{"Lee, Ann", "a b", "x"}, "\"Lee, Ann\" <\"a b\"@x>"},
        {{"say \"hi\"", "a", "x"}, "\"say \\\"hi\\\"\" <a@x>"},
        {{"Zoë", "z", "x"}, "=?utf-8?Q?Zo=C3=AB?= <z@x>"},
        {{"A\r\nBcc: b", "a\r\nb", "x\n"}, "=?utf-8?B?QQ0KQmNjOiBi?= <\"ab\"@x>"},
    };
    for (const auto& t : kTable) CPPUNIT_ASSERT_EQUAL(t.text, formatMailbox(t.mailbox));
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ListTest);
}  // namespace
