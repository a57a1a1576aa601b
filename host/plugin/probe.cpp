#include "plugin/probe.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "ph/entry.h"

namespace posthouse::plugin {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(2);

// What it writes is of no interest: a stranger's code runs there.
class Quiet {
 public:
  Quiet() {
    posix_spawn_file_actions_init(&files_);
    for (const int fd : {0, 1, 2}) posix_spawn_file_actions_addopen(&files_, fd, "/dev/null", O_RDWR, 0);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  ~Quiet() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

}  // namespace

ph::Status loadForProbe(const std::string& file) {
  void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) return ph::Error{ph::Kind::Invalid, ::dlerror()};
  const auto entry = reinterpret_cast<const ph_descriptor* (*)()>(::dlsym(handle, "ph_plugin_v1"));
  if (!entry) return ph::Error{ph::Kind::Invalid, file + " has no symbol ph_plugin_v1"};
  if (!entry()) return ph::Error{ph::Kind::Invalid, file + ": no descriptor"};
  return {};
}

ph::Status probe(const std::string& program, const std::string& file, std::chrono::milliseconds patience) {
  const Quiet quiet;
  std::string arguments[] = {program, "plugin", "probe", file};
  char* argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(), arguments[3].data(), nullptr};
  pid_t pid = 0;
  if (const int e = posix_spawn(&pid, program.c_str(), quiet.files(), quiet.attributes(), argv, environ); e != 0) {
    return ph::Error{ph::Kind::Temporary, "no process to try " + file + " in: " + std::strerror(e)};
  }
  const auto end = std::chrono::steady_clock::now() + patience;
  int status = 0;
  for (;;) {
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) break;
    if (ended < 0 && errno != EINTR)
      return ph::Error{ph::Kind::Temporary, "probe: " + std::string(std::strerror(errno))};
    if (std::chrono::steady_clock::now() >= end) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, &status, 0);
      return ph::Error{ph::Kind::Invalid, file + " does not return while it is loaded"};
    }
    std::this_thread::sleep_for(kPoll);
  }
  if (WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == kProbeNotLoaded)) return {};
  return ph::Error{ph::Kind::Invalid, file + " crashed the process that tried it (" +
                                          (WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                                               : "status " + std::to_string(WEXITSTATUS(status))) +
                                          ")"};
}

}  // namespace posthouse::plugin
