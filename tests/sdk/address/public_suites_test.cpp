// The conformance suites of others, when they lie beside the checkout; our own vectors are in domain_test.cpp.
#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "ph/address/domain.hpp"

namespace {

const std::string kSuites = PH_SOURCE_DIR "/../shared/suites/";

std::string trim(std::string text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

void appendUtf8(std::string& out, unsigned long c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

// \uXXXX and \x{XXXX}; surrogate pairs come as two \u.
std::string unescape(const std::string& text) {
  if (text == "\"\"") return {};
  std::string out;
  unsigned long high = 0;
  for (size_t i = 0; i < text.size();) {
    if (text.compare(i, 2, "\\u") == 0) {
      const unsigned long c = std::stoul(text.substr(i + 2, 4), nullptr, 16);
      i += 6;
      if (c >= 0xd800 && c < 0xdc00) {
        high = c;
      } else if (c >= 0xdc00 && c < 0xe000 && high != 0) {
        appendUtf8(out, 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00));
        high = 0;
      } else {
        appendUtf8(out, c);
      }
    } else if (text.compare(i, 3, "\\x{") == 0) {
      const size_t end = text.find('}', i);
      appendUtf8(out, std::stoul(text.substr(i + 3, end - i - 3), nullptr, 16));
      i = end + 1;
    } else {
      out += text[i++];
    }
  }
  return out;
}

class PublicSuitesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PublicSuitesTest);
  CPPUNIT_TEST(idna);
  CPPUNIT_TEST_SUITE_END();

 public:
  // UTS #46, toASCII, non-transitional. We are stricter than it for ASCII (host names only) and a final dot; the
  // suite is of a newer Unicode than the library, so a few characters are unknown to it.
  void idna() {
    std::ifstream file(kSuites + "idna/idna/tests/IdnaTestV2.txt");
    int passed = 0, failed = 0, accepted = 0;
    for (std::string line; std::getline(file, line);) {
      std::vector<std::string> columns;
      std::istringstream in(line.substr(0, line.find('#')));
      for (std::string column; std::getline(in, column, ';');) columns.push_back(trim(column));
      if (columns.size() < 6 || columns[0].empty()) continue;
      const auto orElse = [](const std::string& a, const std::string& b) { return a.empty() ? b : a; };
      const std::string unicode = orElse(columns[1], columns[0]);
      const std::string ascii = unescape(orElse(columns[3], unicode));
      const std::string status = orElse(columns[4], columns[2]);
      const bool valid = status.empty() || status == "[]";
      const auto ours = ph::address::normaliseDomain(unescape(columns[0]));
      const bool good = ours ? valid && *ours == ascii : !valid;
      ++(good ? passed : failed);
      if (ours && !valid) ++accepted;
    }
    if (passed + failed == 0) return;
    std::cout << "idna: " << passed << " of " << passed + failed << ", invalid names accepted: " << accepted << "\n";
    CPPUNIT_ASSERT(passed >= 6000);
    CPPUNIT_ASSERT(accepted < 10);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PublicSuitesTest);

}  // namespace
