#include "app/process_one/last_words.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "app/process_one/message.hpp"
#include "base/in_plugin.hpp"

namespace posthouse::app {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr size_t kMaxName = 250;
int channelFd = -1;
struct sigaction before[std::size(kSignals)];

// Only what POSIX allows in a signal handler; encode() allocates, so the bytes are put together here.
void handle(int signal, siginfo_t* info, void*) {
  if (const char* plugin = InPlugin::current(); plugin && *plugin) {
    const size_t length = std::min(std::strlen(plugin), kMaxName);
    char packet[5 + kMaxName] = {static_cast<char>(MessageType::Crashed), static_cast<char>(length), 0, 0, 0};
    static_assert(kMaxName < 256);  // one byte of the length is enough
    for (size_t i = 0; i < length; ++i) packet[5 + i] = plugin[i];
    ::send(channelFd, packet, 5 + length, MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  // Who handled it before us (nobody, or a sanitizer) meets the fault again when this returns. A signal that was sent
  // does not come again by itself.
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    if (kSignals[i] == signal) ::sigaction(signal, &before[i], nullptr);
  }
  if (info->si_code <= 0) ::raise(signal);
}

}  // namespace

void sayLastWords(int channel) {
  channelFd = channel;
  struct sigaction action {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < std::size(kSignals); ++i) ::sigaction(kSignals[i], &action, &before[i]);
}

}  // namespace posthouse::app
