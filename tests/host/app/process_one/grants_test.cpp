#include "app/process_one/grants.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/process_one/trusted_file.hpp"

using namespace posthouse;
using namespace posthouse::app;
namespace fs = std::filesystem;

namespace {

class GrantsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(GrantsTest);
  CPPUNIT_TEST(onlyWhatTheConfigurationNames);
  CPPUNIT_TEST(socketsOutliveAWorker);
  CPPUNIT_TEST(unaskedAndDeadSocketsAreClosed);
  CPPUNIT_TEST(trustedFiles);
  CPPUNIT_TEST_SUITE_END();

  fs::path folder_;
  Identity us_;

 public:
  void setUp() override {
    char name[] = "/tmp/ph-grants-XXXXXX";
    folder_ = ::mkdtemp(name);
    configure("");
  }
  void tearDown() override { fs::remove_all(folder_); }

  void onlyWhatTheConfigurationNames() {
    Grants g(config(), us_);
    CPPUNIT_ASSERT(g.socket("mx", "127.0.0.1:0"));
    CPPUNIT_ASSERT(g.socket("", "127.0.0.2:0"));
    const std::pair<const char*, const char*> kOthers[] = {{"mx", "127.0.0.1:1"},
                                                           {"mx", "127.0.0.2:0"},
                                                           {"", "127.0.0.1:0"},
                                                           {"other", "127.0.0.1:0"},
                                                           {"mx", "nonsense"},
                                                           {"mx", ""},
                                                           {"", ""}};
    for (const auto& [listener, address] : kOthers) {
      const auto s = g.socket(listener, address);
      CPPUNIT_ASSERT_MESSAGE(address, !s && s.error().kind == ph::Kind::Denied);
    }
    CPPUNIT_ASSERT(g.file(folder_ / "a.key"));
    CPPUNIT_ASSERT(g.file(folder_ / "posthouse.toml").error().kind == ph::Kind::Denied);
    CPPUNIT_ASSERT(g.file((folder_ / "x" / ".." / "a.key").string()).error().kind == ph::Kind::Denied);
    // The file counts as it is when the configuration is read again, and not before.
    configure("[listeners.more]\naddress = [\"127.0.0.3:0\"]\nprotocol = \"smtp\"\n");
    CPPUNIT_ASSERT(!g.socket("more", "127.0.0.3:0"));
    g.forgetConfiguration();
    CPPUNIT_ASSERT(g.socket("more", "127.0.0.3:0"));
    std::ofstream(config()) << "hostname = ";
    g.forgetConfiguration();
    CPPUNIT_ASSERT(!g.socket("mx", "127.0.0.1:0"));
  }

  void socketsOutliveAWorker() {
    Grants g(config(), us_);
    const auto first = g.socket("mx", "127.0.0.1:0");
    CPPUNIT_ASSERT(first);
    g.settle();
    g.begin();
    const auto second = g.socket("mx", "127.0.0.1:0");
    CPPUNIT_ASSERT(second && *second == *first);
    g.settle();
    CPPUNIT_ASSERT(::fcntl(*first, F_GETFD) >= 0);
  }

  void unaskedAndDeadSocketsAreClosed() {
    Grants g(config(), us_);
    const auto socket = g.socket("mx", "127.0.0.1:0");
    CPPUNIT_ASSERT(socket);
    const int fd = *socket;
    ::shutdown(fd, SHUT_RDWR);  // as a worker does that closes its listener
    const auto again = g.socket("mx", "127.0.0.1:0");
    CPPUNIT_ASSERT(again);
    int listens = 0;
    socklen_t n = sizeof listens;
    CPPUNIT_ASSERT(::getsockopt(*again, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) == 0 && listens == 1);
    ::shutdown(*again, SHUT_RDWR);
    const int dead = *again;
    g.settle();
    CPPUNIT_ASSERT(::fcntl(dead, F_GETFD) < 0);
    const auto third = g.socket("mx", "127.0.0.1:0");
    CPPUNIT_ASSERT(third);
    const int unasked = *third;
    g.begin();
    g.settle();
    CPPUNIT_ASSERT(::fcntl(unasked, F_GETFD) < 0);
  }

  void trustedFiles() {
    const std::string key = folder_ / "a.key";
    CPPUNIT_ASSERT(openTrusted(key));
    fs::create_directory(folder_ / "sub");
    fs::create_symlink("../a.key", folder_ / "sub" / "relative");
    fs::create_symlink(folder_ / "sub", folder_ / "whole");
    fs::create_symlink("loop", folder_ / "loop");
    CPPUNIT_ASSERT(openTrusted(folder_ / "sub" / "relative"));
    CPPUNIT_ASSERT(openTrusted(folder_ / "whole" / "." / "relative"));
    CPPUNIT_ASSERT(openTrusted("/../.." + key));
    for (const fs::path& path : {folder_ / "none", folder_ / "loop", folder_ / "sub", folder_ / "a.key" / "x",
                                 fs::path("a.key"), fs::path("")}) {
      CPPUNIT_ASSERT_MESSAGE(path.string(), !openTrusted(path));
    }
    // Others could put something else there.
    ::chmod((folder_ / "sub").c_str(), 0777);
    CPPUNIT_ASSERT(openTrusted(folder_ / "whole" / "relative").error().kind == ph::Kind::Denied);
    ::chmod((folder_ / "sub").c_str(), 01777);
    CPPUNIT_ASSERT(openTrusted(folder_ / "whole" / "relative"));
    ::chmod(key.c_str(), 0666);
    CPPUNIT_ASSERT(!openTrusted(key));
    if (::geteuid() != 0) return;  // only root can give a file away
    ::chmod(key.c_str(), 0600);
    CPPUNIT_ASSERT(openTrusted(key));
    CPPUNIT_ASSERT(::lchown((folder_ / "whole").c_str(), 65534, 65534) == 0);
    CPPUNIT_ASSERT(!openTrusted(folder_ / "whole" / "relative"));
    CPPUNIT_ASSERT(::chown(key.c_str(), 65534, 65534) == 0);
    CPPUNIT_ASSERT(!openTrusted(key));
  }

 private:
  std::string config() const { return folder_ / "posthouse.toml"; }
  void configure(const std::string& more) {
    std::ofstream(folder_ / "a.key") << "key";
    std::ofstream(config()) << "hostname = \"localhost\"\n[metrics]\naddress = \"127.0.0.2:0\"\n"
                               "[[certificates]]\ncertificate = \"a.crt\"\nkey = \"a.key\"\n"
                               "[listeners.mx]\naddress = [\"127.0.0.1:0\"]\nprotocol = \"smtp\"\n"
                            << more;
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(GrantsTest);

}  // namespace
