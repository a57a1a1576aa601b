// Edits of a TOML text: what changes, and that nothing else does.
#include "config/edit/edit.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <random>

#include "config/edit/scan.hpp"
#include "json/parse.hpp"

using namespace posthouse;
using namespace posthouse::config::edit;
using json::Value;

namespace {

// A text of pieces, so that what an edit must leave alone is known without the code under test.
struct Text {
  struct Piece {
    std::string text;
    std::string path = {};  // of a value
    std::string line = {};  // of a value: the number of its line's first piece and the piece behind
    size_t first = 0, behind = 0;
  };
  std::vector<Piece> pieces;

  std::string all() const {
    std::string out;
    for (const auto& p : pieces) out += p.text;
    return out;
  }
};

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  Text make() {
    newline_ = chance(5) ? "\r\n" : "\n";
    if (chance(2)) add("# Head of the file, [not.a.header] = 1" + newline_);
    values("", 1 + pick(4));
    const size_t sections = pick(5);
    for (size_t i = 0; i < sections; ++i) {
      noise();
      const std::string name = "s" + std::to_string(i);
      add((chance(4) ? "  " : "") + std::string("[") + (chance(3) ? " " + name + " " : name) + "]" + comment() +
          newline_);
      values(name + ".", pick(4));
    }
    const size_t tables = pick(3);
    for (size_t i = 0; i < tables; ++i) {
      noise();
      add("[[list]]" + comment() + newline_);
      values("list[" + std::to_string(i) + "].", 1 + pick(3));
    }
    noise();
    return std::move(text_);
  }

  size_t pick(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }
  bool chance(size_t n) { return pick(n) == 0; }

  Value value() {
    switch (pick(4)) {
      case 0:
        return static_cast<int64_t>(pick(100000));
      case 1:
        return chance(2);
      case 2:
        return std::string("new \"quoted\" # ] \\ ") + std::to_string(pick(1000));
      default:
        return std::vector<std::string>{"a", "b ]"};
    }
  }

 private:
  void add(std::string text) { text_.pieces.push_back({std::move(text)}); }

  std::string comment() { return chance(3) ? "  # comment = \"x\" [y]" : ""; }

  void noise() {
    while (chance(2)) add(chance(2) ? newline_ : "# noise = 1 [section] \"" + newline_);
  }

  std::string valueText() {
    static const char* const kTexts[] = {"1",
                                         "true",
                                         "\"text\"",
                                         "\"with # and ] and \\\" in it\"",
                                         "'literal \\ # \"'",
                                         "[1, 2, 3]",
                                         "[\"a\", # first ]\n  \"b\",\n]",
                                         "\"\"\"two\nlines # \"quoted\" \"\"\"",
                                         "'''raw\n[x]\n'''",
                                         "[]",
                                         "[[\"deep\"], []]",
                                         "0x1f"};
    return kTexts[pick(std::size(kTexts))];
  }

  void values(const std::string& prefix, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      noise();
      const size_t first = text_.pieces.size();
      const std::string key = (chance(5) ? "d" + std::to_string(i) + ".k" : "k" + std::to_string(i));
      if (chance(6)) {  // an inline table
        add("t" + std::to_string(i) + " = { ");
        for (int m = 0; m < 2; ++m) {
          add(std::string(m ? ", " : "") + "m" + std::to_string(m) + " = ");
          text_.pieces.push_back({"1", prefix + "t" + std::to_string(i) + ".m" + std::to_string(m)});
        }
        add(" }" + comment() + newline_);
        continue;
      }
      add((chance(4) ? "\t" : "") + key + (chance(3) ? "=" : "  =  "));
      text_.pieces.push_back({valueText(), prefix + key, {}, first, 0});
      const size_t at = text_.pieces.size() - 1;
      add(comment() + newline_);
      text_.pieces[at].behind = text_.pieces.size();
    }
  }

  std::mt19937 random_;
  std::string newline_;
  Text text_;
};

std::string edited(const std::string& text, const std::string& path, const std::string& value) {
  const auto out = set(text, *parsePath(path), *json::parse(value));
  return out ? *out : "error: " + out.error().text;
}

class EditTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EditTest);
  CPPUNIT_TEST(paths);
  CPPUNIT_TEST(sets);
  CPPUNIT_TEST(removes);
  CPPUNIT_TEST(refuses);
  CPPUNIT_TEST(anyText);
  CPPUNIT_TEST(leavesTheRestAlone);
  CPPUNIT_TEST_SUITE_END();

 public:
  void paths() {
    for (const char* good : {"a", "a.b-c.d_1", "a[0].b", "a.\"x@y.z\".b", "\"\\\"\".a[12]"})
      CPPUNIT_ASSERT_EQUAL_MESSAGE(good, std::string(good), pathText(*parsePath(good)));
    for (const char* bad :
         {"", ".", "a.", ".a", "a..b", "a[", "a[x]", "a[-1]", "a[1", "a\"b", "\"a", "a b", "a[0]b", "\"\xbf\""})
      CPPUNIT_ASSERT_MESSAGE(bad, !parsePath(bad));
  }

  void sets() {
    struct {
      const char *text, *path, *value, *wanted;
    } const kTable[] = {
        {"a = 1 # x\nb = 2\n", "a", "3", "a = 3 # x\nb = 2\n"},
        {"a = 1 # x\n\n# about s\n[s]\nc = 1\n", "b", "\"t\"", "a = 1 # x\nb = \"t\"\n\n# about s\n[s]\nc = 1\n"},
        {"[s]\n  c = 1 # y\n\n# next\n[t]\n", "s.d", "[\"x\"]", "[s]\n  c = 1 # y\n  d = [\"x\"]\n\n# next\n[t]\n"},
        {"[s]\n[t]\n", "s.d", "true", "[s]\nd = true\n[t]\n"},
        {"a = 1", "s.t.d", "1", "a = 1\n\n[s.t]\nd = 1\n"},
        {"", "a", "1", "a = 1\n"},
        {"", "s.a", "1", "[s]\na = 1\n"},
        {"s = { a = 1 }\n", "s.b", "2", "s = { a = 1, b = 2 }\n"},
        {"s = {}\n", "s.b", "2", "s = { b = 2 }\n"},
        {"s = { a = 1 }\n", "s.a", "{\"x\":1}", "s = { a = { x = 1 } }\n"},
        {"s = { t = { a = 1 }}\n", "s.t.b", "2", "s = { t = { a = 1, b = 2 }}\n"},
        {"x.y.a = 1 # c\nz = 1\n", "x.y.b", "2", "x.y.a = 1 # c\nx.y.b = 2\nz = 1\n"},
        {"x.y = 1\n", "x.p.q", "2", "x.y = 1\nx.p.q = 2\n"},
        {"[s.sub]\na = 1\n", "s.b", "2", "[s.sub]\na = 1\n\n[s]\nb = 2\n"},
        {"[[l]]\na = 1\n[[l]]\na = 2\n", "l[0].a", "9", "[[l]]\na = 9\n[[l]]\na = 2\n"},
        {"[[l]]\na = 1\n[[l]]\na = 2\n", "l[1].b", "9", "[[l]]\na = 1\n[[l]]\na = 2\nb = 9\n"},
        {"[[l]]\na = 1\n[[l]]\na = 2\n", "l[0].t.b", "9", "[[l]]\na = 1\n\n[l.t]\nb = 9\n[[l]]\na = 2\n"},
        {"[[l]]\na = 1\n", "l[1].a", "2", "[[l]]\na = 1\n\n[[l]]\na = 2\n"},
        {"[address.\"a@b\"]\nm = 1\n", "address.\"a@b\".m", "2", "[address.\"a@b\"]\nm = 2\n"},
        {"a = 1\r\n", "b", "2", "a = 1\r\nb = 2\r\n"},
        {"\xef\xbb\xbf"
         "a = 1\n",
         "a", "2",
         "\xef\xbb\xbf"
         "a = 2\n"},
    };
    for (const auto& t : kTable)
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.text, std::string(t.wanted), edited(t.text, t.path, t.value));
  }

  void removes() {
    struct {
      const char *text, *path, *wanted;
    } const kTable[] = {
        {"a = 1 # x\nb = 2\n", "a", "b = 2\n"},
        {"# about a\na = [\n1, # one\n]\nb = 2", "a", "# about a\nb = 2"},
        {"a = 1\n[s]\nb = 1\n# c\n[t]\n[s.u]\nx = 1\n", "s", "a = 1\n# c\n[t]\n"},
        {"s = { a = 1, b = 2 }\n", "s.a", "s = { b = 2 }\n"},
        {"s = { a = 1, b = 2 }\n", "s.b", "s = { a = 1 }\n"},
        {"s = { a = 1 }\n", "s.a", "s = {  }\n"},
        {"s = { a = 1 }\nb = 1\n", "s", "b = 1\n"},
        {"x.y.a = 1\nx.y.b = 2\nx.z = 3\n", "x.y", "x.z = 3\n"},
        {"[[l]]\na = 1\n[[l]]\na = 2\n", "l[0]", "[[l]]\na = 2\n"},
        {"[[l]]\na = 1\n[[l]]\na = 2\n", "l", ""},
    };
    for (const auto& t : kTable) {
      const auto out = remove(t.text, *parsePath(t.path));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.text, std::string(t.wanted), out ? *out : "error: " + out.error().text);
    }
  }

  void refuses() {
    CPPUNIT_ASSERT(remove("a = 1\n", *parsePath("b")).error().kind == ph::Kind::NotFound);
    for (const auto& [text, path, value] : std::vector<std::array<const char*, 3>>{{"a =\n", "a", "1"},
                                                                                   {"[s]\na = 1\n", "s", "1"},
                                                                                   {"a = 1\n", "a.b", "1"},
                                                                                   {"l = []\n", "l[0].a", "1"},
                                                                                   {"a = 1\n", "l[1].a", "1"},
                                                                                   {"", "a", "null"},
                                                                                   {"[[l]]\n", "l[0]", "{}"}}) {
      CPPUNIT_ASSERT_MESSAGE(text, !set(text, *parsePath(path), *json::parse(value)));
    }
  }

  // The scanner never reads beyond the end and always ends.
  void anyText() {
    std::mt19937 random(7);
    static constexpr char kBytes[] = "ab=.[]{}\"'#,\\\n\r \t1";
    for (int i = 0; i < 20000; ++i) {
      std::string text;
      for (size_t n = random() % 40; n > 0; --n) text += kBytes[random() % (sizeof kBytes - 1)];
      for (const auto& e : scan(text).entries) CPPUNIT_ASSERT(e.valueEnd <= text.size() && e.end <= text.size());
    }
  }

  void leavesTheRestAlone() {
    int done = 0;
    for (unsigned seed = 0; done < 1000; ++seed) {
      Maker maker(seed);
      Text text = maker.make();
      const std::string before = text.all();
      const std::string where = "seed " + std::to_string(seed) + "\n" + before;
      std::vector<size_t> values;
      for (size_t i = 0; i < text.pieces.size(); ++i) {
        if (!text.pieces[i].path.empty()) values.push_back(i);
      }
      if (values.empty()) continue;
      const size_t at = values[maker.pick(values.size())];
      const Path path = *parsePath(text.pieces[at].path);
      const Value value = maker.value();

      // Replaced: exactly this piece.
      const auto replaced = set(before, path, value);
      CPPUNIT_ASSERT_MESSAGE(where + (replaced ? "" : replaced.error().text), replaced.ok());
      Text wanted = text;
      wanted.pieces[at].text = *toToml(value);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where, wanted.all(), *replaced);

      // Added: the old text is what is there before and behind it.
      Path sibling = path;
      sibling.back() = {"added", -1};
      const auto added = set(before, sibling, value);
      CPPUNIT_ASSERT_MESSAGE(where + (added ? "" : added.error().text), added.ok());
      const size_t more = added->size() - before.size();
      size_t same = 0;
      while (same < before.size() && (*added)[same] == before[same]) ++same;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where, before.substr(same), added->substr(same + more));

      // Removed: its line.
      if (text.pieces[at].behind > 0) {
        const auto removed = remove(before, path);
        CPPUNIT_ASSERT_MESSAGE(where + (removed ? "" : removed.error().text), removed.ok());
        wanted = text;
        for (size_t i = text.pieces[at].first; i < text.pieces[at].behind; ++i) wanted.pieces[i].text.clear();
        CPPUNIT_ASSERT_EQUAL_MESSAGE(where, wanted.all(), *removed);
      }
      ++done;
    }
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(EditTest);

}  // namespace
