// Commands of plugins: what is refused, who may stand beside whom, and what becomes of calls that are late or fail.
#include "commands/commands.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <thread>

using namespace posthouse;
using namespace posthouse::commands;
using json::Value;

namespace {

class Function : public Handler {
 public:
  explicit Function(std::function<ph::Status(Call&)> f) : f_(std::move(f)) {}
  ph::Status run(Call& call) override { return f_(call); }
  void late() override { ++lates; }
  void end() override { ++ends; }
  void returned(bool wasStuck) override { stuckReturns += wasStuck ? 1 : 0; }
  std::atomic<int> lates{0}, ends{0}, stuckReturns{0};

 private:
  std::function<ph::Status(Call&)> f_;
};

std::shared_ptr<Command> make(const std::string& words, std::function<ph::Status(Call&)> f = {}) {
  auto c = std::make_shared<Command>();
  c->words = words;
  c->plugin = "p";
  c->help = "Does something.";
  c->handler = std::make_shared<Function>(f ? std::move(f) : [](Call&) { return ph::Status(); });
  return c;
}

Param param(const char* name, Type type = Type::Text, bool word = false, bool required = false) {
  Param p;
  p.name = name;
  p.type = type;
  p.word = word;
  p.required = required;
  p.help = "Help.";
  return p;
}

class CommandsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CommandsTest);
  CPPUNIT_TEST(words);
  CPPUNIT_TEST(parameters);
  CPPUNIT_TEST(beside);
  CPPUNIT_TEST(arguments);
  CPPUNIT_TEST(answers);
  CPPUNIT_TEST(late);
  CPPUNIT_TEST(removed);
  CPPUNIT_TEST_SUITE_END();

 public:
  void words() {
    for (const char* good : {"a", "dkim status", "mta-sts check now2 x"})
      CPPUNIT_ASSERT_MESSAGE(good, check(*make(good)).ok());
    for (const char* bad : {"", " ", "a ", " a", "a  b", "a b c d e", "A", "1a", "-a", "a\tb", "\xc3\xa4", "a.b", "--a",
                            "abcdefghijklmnopqrstuvwxyz0123456"})
      CPPUNIT_ASSERT_MESSAGE(bad, !check(*make(bad)));
    auto c = make("a");
    for (const char* help : {"", "two\nlines", "\x1b[31m", "\xff"}) {
      c->help = help;
      CPPUNIT_ASSERT_MESSAGE(help, !check(*c));
    }
  }

  void parameters() {
    const auto fits = [](std::vector<Param> params) {
      auto c = make("a");
      c->params = std::move(params);
      return check(*c).ok();
    };
    auto secret = param("s");
    secret.secret = true;
    auto names = param("n", Type::Int);
    names.names = Names::Account;
    CPPUNIT_ASSERT(fits({param("a", Type::Text, true, true), param("b", Type::List, true), secret}));
    CPPUNIT_ASSERT(fits({param("f", Type::File, true, true), param("t", Type::Time)}));
    CPPUNIT_ASSERT(!fits({param("a"), param("a")}));
    CPPUNIT_ASSERT(!fits({param("a", Type::List, true), param("b", Type::Text, true)}));
    CPPUNIT_ASSERT(!fits({param("a", Type::Text, true), param("b", Type::Text, true, true)}));
    CPPUNIT_ASSERT(!fits({param("a", Type::Any)}));
    CPPUNIT_ASSERT(!fits({param("a", Type::Bool, true)}));
    CPPUNIT_ASSERT(!fits({names}));
    auto other = secret;
    other.name = "t";
    CPPUNIT_ASSERT(!fits({secret, other}));
    for (const char* taken : {"dir", "json", "help", "config", "resolver", "A", "a-b", ""})
      CPPUNIT_ASSERT_MESSAGE(taken, !fits({param(taken)}));
  }

  void beside() {
    jobs::Pool pool("test", 2, 10);
    jobs::Timers timers;
    Commands all(pool, timers, {"queue list", "serve"});
    int one = 0, two = 0;
    CPPUNIT_ASSERT(all.add(&one, make("spf check")).ok());
    for (const char* words : {"spf check", "spf", "spf check deep", "serve", "serve now", "queue", "queue list"})
      CPPUNIT_ASSERT_MESSAGE(words, all.add(&two, make(words)).error().kind == ph::Kind::Conflict);
    for (const char* words : {"spf checks", "queue lists", "dkim"})
      CPPUNIT_ASSERT_MESSAGE(words, all.add(&two, make(words)).ok());
    CPPUNIT_ASSERT_EQUAL(std::string("dkim"), all.all().front()->words);
    all.remove(&two);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, all.all().size());
    CPPUNIT_ASSERT(all.find("spf check") && !all.find("dkim"));
  }

  void arguments() {
    auto c = make("a");
    c->params = {param("t"), param("n", Type::Int), param("b", Type::Bool), param("l", Type::List),
                 param("f", Type::File)};
    const Call call(c, {}, Value::object({{"t", "x"}, {"n", 7}, {"b", true}, {"f", "AP8="}}));
    CPPUNIT_ASSERT_EQUAL(std::string("x"), std::string(*call.text("t")));
    CPPUNIT_ASSERT_EQUAL(int64_t{7}, *call.integer("n"));
    CPPUNIT_ASSERT_EQUAL(int64_t{1}, *call.integer("b"));
    CPPUNIT_ASSERT(*call.text("f") == std::string_view("\0\xff", 2));
    CPPUNIT_ASSERT(call.list("l").error().kind == ph::Kind::NotFound);
    CPPUNIT_ASSERT(call.text("n").error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT(call.text("none").error().kind == ph::Kind::Invalid);
  }

  void answers() {
    auto one = make("a"), many = make("b");
    many->many = true;
    Call first(one, {}, Value::object()), second(many, {}, Value::object());
    CPPUNIT_ASSERT(first.answer(R"({"a": 1})").ok());
    for (const char* bad : {"", "1", "[]", "{", R"({"a": 1, "a": 2})", "\"\xff\""})
      CPPUNIT_ASSERT_MESSAGE(bad, !first.answer(bad));
    for (const char* bad : {"{}", R"({"items": 1})", R"({"items": [1]})"})
      CPPUNIT_ASSERT_MESSAGE(bad, !second.answer(bad));
    CPPUNIT_ASSERT_EQUAL(int64_t{1}, (*first.outcome({}))["a"].integer());
    CPPUNIT_ASSERT((*second.outcome({}))["items"].type() == Value::Type::List);
    first.explain("half \xff");
    const auto failed = first.outcome(ph::Error{ph::Kind::Conflict, {}});
    CPPUNIT_ASSERT(failed.error().kind == ph::Kind::Conflict && failed.error().text.starts_with("half "));
    CPPUNIT_ASSERT_EQUAL(std::string("the plugin p could not do it"),
                         second.outcome(ph::Error{ph::Kind::Bug, {}}).error().text);
  }

  void late() {
    jobs::Pool pool("test", 2, 10);
    jobs::Timers timers;
    Commands all(pool, timers, {});
    int owner = 0;
    std::atomic<bool> go{false};
    auto c = make("wait", [&](Call& call) {
      while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return call.answer(R"({"late": true})");
    });
    c->deadline = std::chrono::milliseconds(20);
    CPPUNIT_ASSERT(all.add(&owner, c).ok());
    auto& handler = static_cast<Function&>(*c->handler);
    CPPUNIT_ASSERT(all.run(c, {}, Value::object()).error().kind == ph::Kind::Timeout);
    CPPUNIT_ASSERT_EQUAL(1, handler.lates.load());
    CPPUNIT_ASSERT_EQUAL(0, handler.ends.load());
    go = true;
    for (int i = 0; i < 2000 && handler.ends == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    CPPUNIT_ASSERT_EQUAL(1, handler.ends.load());
    // In time again.
    CPPUNIT_ASSERT((*all.run(c, {}, Value::object()))["late"].boolean());
  }

  void removed() {
    jobs::Pool pool("test", 2, 10);
    jobs::Timers timers;
    Commands all(pool, timers, {});
    int owner = 0;
    std::atomic<bool> began{false};
    auto c = make("wait", [&](Call& call) -> ph::Status {
      began = true;
      while (!call.cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return ph::Error{ph::Kind::Cancelled, {}};
    });
    CPPUNIT_ASSERT(all.add(&owner, c).ok());
    std::thread stopper([&] {
      while (!began) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      all.remove(&owner);
    });
    CPPUNIT_ASSERT(all.run(c, {}, Value::object()).error().kind == ph::Kind::Cancelled);
    stopper.join();
    CPPUNIT_ASSERT(all.run(c, {}, Value::object()).error().kind == ph::Kind::Unavailable);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CommandsTest);

}  // namespace
