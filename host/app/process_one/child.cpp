#include "app/process_one/child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "app/process.hpp"

namespace posthouse::app {
namespace {

// Ourselves, also when the file was replaced meanwhile: one version serves until the whole server is started anew.
constexpr const char* kProgram = "/proc/self/exe";

[[noreturn]] void giveUp(const std::string& what) {
  std::cerr << "posthouse: the worker: " << what << "\n" << std::flush;
  ::_exit(kNotExecuted);
}

[[noreturn]] void run(const Identity& identity, int channel, const std::vector<std::string>& arguments, pid_t parent) {
  if (channel == kChannelFd) {
    ::fcntl(channel, F_SETFD, 0);
  } else if (::dup2(channel, kChannelFd) < 0) {
    giveUp(std::strerror(errno));
  }
  ::close_range(kChannelFd + 1, ~0U, 0);
  if (auto s = become(identity); !s) giveUp(s.error().text);
  // After the change of user, which would reset it. Who died before this line sent nothing.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != parent) ::_exit(kNotExecuted);
  blockSignals();
  ::unsetenv("NOTIFY_SOCKET");  // process one speaks for the server
  if (::chdir("/") != 0) giveUp(std::strerror(errno));
  std::vector<std::string> words{"posthouse"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  ::execv(kProgram, argv.data());
  giveUp(std::string("exec: ") + std::strerror(errno));
}

}  // namespace

ph::Result<pid_t> startWorker(const Identity& identity, int channel, const std::vector<std::string>& arguments) {
  std::cout << std::flush;
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return ph::Error{ph::Kind::Temporary, std::string("fork: ") + std::strerror(errno)};
  if (pid == 0) run(identity, channel, arguments, parent);
  return pid;
}

}  // namespace posthouse::app
