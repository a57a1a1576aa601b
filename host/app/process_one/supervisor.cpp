#include "app/process_one/supervisor.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <optional>

#include "app/command.hpp"
#include "app/process.hpp"
#include "app/process_one/blame.hpp"
#include "app/process_one/channel.hpp"
#include "app/process_one/child.hpp"
#include "app/process_one/grants.hpp"
#include "app/process_one/restarts.hpp"
#include "app/server.hpp"
#include "log/log.hpp"

namespace posthouse::app {
namespace {

using Clock = std::chrono::steady_clock;
const log::Log kLog("process-one");
// Longer than anything in a stop may take; a service manager waits longer still.
constexpr auto kStopPatience = std::chrono::seconds(80);
constexpr int kTurns = 100;
constexpr auto kEndPatience = std::chrono::seconds(5);

std::string signalName(int signal) {
  const char* name = sigabbrev_np(signal);
  return name ? std::string("SIG") + name : std::to_string(signal);
}

std::string howItEnded(int status) {
  return WIFSIGNALED(status) ? signalName(WTERMSIG(status)) : "exit " + std::to_string(WEXITSTATUS(status));
}

class Supervisor {
 public:
  Supervisor(const ServeOptions& options, Identity identity)
      : options_(options), identity_(std::move(identity)), grants_(options.configFile, identity_) {}

  int run() {
    applyOwnLog();
    sigset_t signals = handledSignals();
    sigaddset(&signals, SIGCHLD);
    ::pthread_sigmask(SIG_SETMASK, &signals, nullptr);
    signals_.reset(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_) {
      std::cerr << "posthouse: signalfd: " << std::strerror(errno) << "\n";
      return kFailed;
    }
    startAt_ = Clock::now();
    while (!code_) {
      if (startAt_ && Clock::now() >= *startAt_) start();
      if (killAt_ && worker_ > 0 && Clock::now() >= *killAt_) {
        kLog.error("the worker does not end and is killed", {{"pid", std::to_string(worker_)}});
        ::kill(worker_, SIGKILL);
        killAt_.reset();
      }
      if (!code_) wait();
    }
    kLog.info("ended", {{"exit", std::to_string(*code_)}});
    return *code_;
  }

 private:
  // The log is the worker's too: whoever opens it first must not lock the other out.
  void applyOwnLog() {
    const auto config = loadTrusted(options_.configFile, identity_);
    const Acting acting(identity_);
    if (!config || !acting.ok()) return;
    (void)applyLog(*config);  // the worker will say what is wrong
  }

  void start() {
    startAt_.reset();
    killAt_.reset();
    auto ends = Channel::pair();
    if (!ends) return died(ends.error().text);
    channel_ = std::move(ends->first);
    Message hello{MessageType::Hello, {std::to_string(restarts_), options_.mayBeRoot ? "root" : ""}};
    for (const auto& plugin : blame_.quarantined()) hello.texts.push_back(plugin);
    std::vector<std::string> arguments{"worker", "--config", options_.configFile};
    if (options_.noLimits) arguments.emplace_back("--no-limits");
    grants_.begin();
    readySince_.reset();
    crashed_.clear();
    const auto sent = channel_.send(hello);
    const auto pid = sent ? startWorker(identity_, ends->second.fd(), arguments) : ph::Result<pid_t>(sent.error());
    if (!pid) return died(pid.error().text);
    worker_ = *pid;
    kLog.info("worker started", {{"pid", std::to_string(worker_)}, {"restarts", std::to_string(restarts_)}});
  }

  void wait() {
    pollfd fds[] = {{signals_.get(), POLLIN, 0}, {channel_.fd(), POLLIN, 0}};
    int timeout = -1;
    for (const auto& at : {startAt_, killAt_}) {
      if (!at) continue;
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*at - Clock::now()).count();
      const int ms = static_cast<int>(std::max<int64_t>(0, left));
      timeout = timeout < 0 ? ms : std::min(timeout, ms);
    }
    if (::poll(fds, 2, timeout) <= 0) return;
    if (fds[1].revents) hear();
    signalfd_siginfo info{};
    while (!code_ && ::read(signals_.get(), &info, sizeof info) == sizeof info)
      onSignal(static_cast<int>(info.ssi_signo));
  }

  // --- the worker speaks -----------------------------------------------------------------------------------------

  void hear() {
    // One that never stops talking must not keep us from the signals; of one that is dead there is an end.
    for (int turn = 0; channel_.fd() >= 0 && (turn < kTurns || worker_ <= 0); ++turn) {
      auto got = channel_.receive(false, false);
      if (got.what == Channel::Received::What::Nothing) return;
      if (got.what == Channel::Received::What::Message && answer(got.message)) continue;
      channel_.close();
      if (got.what == Channel::Received::What::Ended) {
        // It is ending; if not, a worker that can't ask is of no use.
        if (!killAt_) killAt_ = Clock::now() + kEndPatience;
      } else if (worker_ > 0) {
        kLog.error("the worker says what it must not and is killed", {{"pid", std::to_string(worker_)}});
        ::kill(worker_, SIGKILL);
      }
    }
  }

  bool answer(const Message& m) {
    switch (m.type) {
      case MessageType::Bind: {
        if (m.texts.size() != 2) return false;
        const auto socket = grants_.socket(m.texts[0], m.texts[1]);
        return socket ? grant(*socket) : refuse(socket.error());
      }
      case MessageType::Open: {
        if (m.texts.size() != 1) return false;
        const auto file = grants_.file(m.texts[0]);
        return file ? grant(file->get()) : refuse(file.error());
      }
      case MessageType::Ready:
        return ready(m.texts);
      case MessageType::Reloading:
        grants_.forgetConfiguration();
        applyOwnLog();
        notifySystemd("RELOADING=1");
        return true;
      case MessageType::Stopping:
        stop();
        return true;
      case MessageType::Crashed:
        if (m.texts.size() == 1) crashed_ = m.texts[0];
        return true;
      case MessageType::Pardon:
        if (m.texts.size() == 1) blame_.pardon(m.texts[0]);
        return true;
      default:
        return false;
    }
  }

  // A worker that does not take the answer is dying or hurts itself.
  bool grant(int fd) {
    (void)channel_.send({MessageType::Granted, {}}, fd);
    return true;
  }
  bool refuse(const ph::Error& e) {
    (void)channel_.send({MessageType::Refused, {std::to_string(static_cast<int>(e.kind)), e.text}});
    return true;
  }

  bool ready(const std::vector<std::string>& texts) {
    const auto listening = listeningFrom(texts);
    if (!listening) return false;
    grants_.settle();
    if (!readySince_) readySince_ = Clock::now();
    if (!everReady_) options_.ready(*listening);
    everReady_ = true;
    notifySystemd("READY=1");
    return true;
  }

  // --- signals ---------------------------------------------------------------------------------------------------

  void onSignal(int signal) {
    if (signal == SIGCHLD) return reap();
    const bool ends = signal != SIGHUP && signal != SIGUSR1;
    if (ends) stop();
    if (worker_ > 0) {
      ::kill(worker_, signal);
    } else if (ends) {
      code_ = kOk;
    } else if (signal == SIGHUP) {
      row_.forget();
      startAt_ = Clock::now();
    }
  }

  void stop() {
    if (stopping_) return;
    stopping_ = true;
    killAt_ = Clock::now() + kStopPatience;
    notifySystemd("STOPPING=1");
  }

  void reap() {
    int status = 0;
    if (worker_ <= 0 || ::waitpid(worker_, &status, WNOHANG) != worker_) return;
    worker_ = 0;
    hear();  // its last words
    channel_.close();
    if (!stopping_) killAt_.reset();
    const bool ended = WIFEXITED(status);
    if (stopping_) {
      if (!ended || WEXITSTATUS(status) != 0) kLog.error("the worker did not end well", {{"how", howItEnded(status)}});
      code_ = ended ? WEXITSTATUS(status) : kFailed;
    } else if (ended && WEXITSTATUS(status) != 0 && !everReady_) {
      code_ = WEXITSTATUS(status);  // it has said why
    } else {
      died(howItEnded(status));
    }
  }

  void died(const std::string& how) {
    if (!crashed_.empty()) blame_.crashed(crashed_, Clock::now());
    const auto wait = row_.died(readySince_ ? Clock::now() - *readySince_ : Clock::duration::zero());
    if (!wait) {
      kLog.error("the worker died too often in a row; giving up",
                 {{"how", how}, {"plugin", crashed_}, {"times", std::to_string(row_.inRow())}});
      code_ = kFailed;
      return;
    }
    kLog.error("the worker died and is started again",
               {{"how", how}, {"plugin", crashed_}, {"in_ms", std::to_string(wait->count())}});
    ++restarts_;
    startAt_ = Clock::now() + *wait;
  }

  const ServeOptions& options_;
  const Identity identity_;
  Grants grants_;
  Blame blame_;
  Restarts row_;  // of deaths
  Channel channel_;
  Descriptor signals_;
  pid_t worker_ = 0;
  uint64_t restarts_ = 0;
  bool everReady_ = false;
  bool stopping_ = false;
  std::string crashed_;  // the plugin that the worker blamed
  std::optional<Clock::time_point> readySince_, startAt_, killAt_;
  std::optional<int> code_;
};

}  // namespace

int superviseWorker(const ServeOptions& options) {
  prepareProcess();
  blockSignals();
  ServeOptions absolute = options;
  std::error_code ec;
  absolute.configFile = std::filesystem::absolute(options.configFile, ec).lexically_normal().string();
  const auto config = config::loadMain(absolute.configFile);
  if (!config) {
    std::cerr << config.error().text << "\n";
    return kFailed;
  }
  auto identity = workerIdentity(config->user, config->group, options.mayBeRoot);
  ph::Status ready;
  if (!identity) {
    ready = identity.error();
  } else if (const auto trusted = loadTrusted(absolute.configFile, *identity); !trusted) {
    ready = trusted.error();
  } else {
    ready = makeDataFolder(config->dataDir, *identity);
  }
  if (!ready) {
    std::cerr << "posthouse: " << absolute.configFile << ": " << ready.error().text << "\n";
    return kFailed;
  }
  return Supervisor(absolute, std::move(*identity)).run();
}

}  // namespace posthouse::app
