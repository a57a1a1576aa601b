// Runs every registered CppUnit suite; an argument names the one suite or test to run ("All Tests": each is told), or
// "2/4" the second of four parts.
#include <cppunit/BriefTestProgressListener.h>
#include <cppunit/CompilerOutputter.h>
#include <cppunit/TestResult.h>
#include <cppunit/TestResultCollector.h>
#include <cppunit/TestRunner.h>
#include <cppunit/extensions/TestFactoryRegistry.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

// Test by test, so that the slow ones of a suite are spread, too.
void addPart(CppUnit::TestRunner& runner, CppUnit::Test* test, int part, int parts, int& index) {
  if (test->getChildTestCount() == 0) {
    if (index++ % parts == part - 1) runner.addTest(test);
    return;
  }
  for (int i = 0; i < test->getChildTestCount(); ++i) addPart(runner, test->getChildTestAt(i), part, parts, index);
}

// Its tests stay the suite's own.
class Borrowed final : public CppUnit::TestRunner {
 public:
  void addTest(CppUnit::Test* test) override { tests_.push_back(test); }
  void run(CppUnit::TestResult& controller, const std::string&) override {
    for (auto* t : tests_) t->run(&controller);
  }

 private:
  std::vector<CppUnit::Test*> tests_;
};

}  // namespace

int main(int argc, char** argv) {
  CppUnit::TestResult controller;
  CppUnit::TestResultCollector collector;
  controller.addListener(&collector);
  CppUnit::BriefTestProgressListener progress;
  const std::string wanted = argc > 1 ? argv[1] : "";
  const size_t slash = wanted.find('/');
  const int part = std::atoi(wanted.c_str());
  const int parts = slash == std::string::npos ? 0 : std::atoi(wanted.c_str() + slash + 1);
  auto* all = CppUnit::TestFactoryRegistry::getRegistry().makeTest();
  Borrowed some;
  CppUnit::TestRunner runner;
  runner.addTest(all);
  try {
    if (part > 0 && parts > 0) {
      int index = 0;
      addPart(some, all, part, parts, index);
      some.run(controller, "");
    } else {
      if (!wanted.empty()) controller.addListener(&progress);
      runner.run(controller, wanted);
    }
  } catch (const std::exception& e) {
    std::cerr << "no such test: " << e.what() << '\n';
    return 2;
  }
  CppUnit::CompilerOutputter(&collector, std::cerr).write();
  const int failed = collector.testFailuresTotal();
  std::cout << collector.runTests() - failed << " passed, " << failed << " failed\n";
  return collector.runTests() > 0 && failed == 0 ? 0 : 1;
}
