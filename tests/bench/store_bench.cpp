// Measures the store on a real disk: store_bench FOLDER. Not run by the tests.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "store/store.hpp"

using namespace posthouse;

namespace {

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <class T>
T must(ph::Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().text.c_str());
    std::exit(1);
  }
  return std::move(*result);
}

std::string message(int n) {
  std::string text = "From: Ann <ann@example.org>\r\nTo: Bob <bob@example.com>\r\nSubject: number " +
                     std::to_string(n) + "\r\nDate: Sat, 21 Nov 2026 04:05:46 +0000\r\nMessage-ID: <" +
                     std::to_string(n) + "@example.org>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
  while (text.size() < 4096) text += "The quick brown fox jumps over the lazy dog, again and again.\r\n";
  return text;
}

void append(store::Account& account, int from, int to) {
  for (int i = from; i < to; ++i) {
    const auto text = message(i);
    store::AppendRequest request;
    request.mailbox = "INBOX";
    request.message = text;
    must(account.append(request));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = std::string(argc > 1 ? argv[1] : "/tmp") + "/store-bench-" + std::to_string(getpid());
  must(env::posix().makeFolder(folder).ok() ? ph::Result<int>(0) : ph::Result<int>(ph::Error{ph::Kind::Bug, folder}));
  {
    store::Options options;
    options.reserveBytes = 0;
    store::Store store(env::posix(), folder + "/accounts", options);
    auto account = must(store.create("ann"));
    constexpr int kMany = 10'000;
    double t = seconds([&] { append(*account, 0, kMany); });
    std::printf("append 4 KiB, 1 thread:   %8.0f/s\n", kMany / t);
    auto bob = must(store.create("bob"));
    t = seconds([&] {
      std::vector<std::thread> threads;
      for (int i = 0; i < 8; ++i) threads.emplace_back([&, i] { append(*bob, i * 2500, (i + 1) * 2500); });
      for (auto& thread : threads) thread.join();
    });
    std::printf("append 4 KiB, 8 threads:  %8.0f/s\n", 20'000 / t);
    const auto inbox = must(account->mailbox("INBOX")).id;
    for (int run = 0; run < 2; ++run) {
      std::size_t rows = 0;
      t = seconds([&] {
        for (store::Uid next = 1; next != 0;) {
          const auto batch = must(account->query(inbox, next, 0xffffffff, store::kEnvelope | store::kStructure));
          rows += batch.rows.size();
          next = batch.next;
        }
      });
      std::printf("query, %zu rows:       %8.1f ms\n", rows, t * 1000);
    }
    for (const auto mode : {store::FlagChange::Add, store::FlagChange::Remove}) {
      store::FlagChange change{mode, {store::kSeen, {}}, {}};
      t = seconds([&] { must(account->setFlags(inbox, {store::UidRange{}}, change)); });
      std::printf("flags, %d rows:        %8.1f ms\n", kMany, t * 1000);
    }
    t = seconds([&] { must(account->expunge(inbox, {store::UidRange{}}, true)); });
    std::printf("expunge, %d rows:      %8.1f ms\n", kMany, t * 1000);
  }
  (void)env::removeTree(env::posix(), folder);
}
