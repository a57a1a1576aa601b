// The key records a message needs: each is asked for once, all at the same time.
// Threads: one at a time. RFC 6376 3.6.2.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "ph/dns.hpp"

namespace ph_mailauth::dkim {

class KeyQuestions {
 public:
  virtual ~KeyQuestions() = default;
  // The number of the question for TXT records of `name`.
  size_t ask(const std::string& name);
  // Waits for it.
  const ph::DnsAnswer& answer(size_t number);

 protected:
  virtual void begin(const std::string& name) = 0;  // they are numbered from 0
  virtual ph::DnsAnswer wait(size_t number) = 0;

 private:
  struct Question {
    std::string name;
    bool answered = false;
    ph::DnsAnswer answer;
  };
  std::vector<Question> questions_;
};

// Asks the host, on behalf of a hook when `call` is given. When `budgetMs` is over, what is missing has failed.
class HostKeyQuestions final : public KeyQuestions {
 public:
  HostKeyQuestions(const ph::Host& host, uint32_t budgetMs, const ph_call* call = nullptr);

 private:
  void begin(const std::string& name) override;
  ph::DnsAnswer wait(size_t number) override;

  const ph::Host& host_;
  const ph::Dns dns_;
  const uint64_t endMs_;
  const ph_call* const call_;
  std::vector<std::future<ph::DnsAnswer>> futures_;
};

}  // namespace ph_mailauth::dkim
