#include "dns/lookup.hpp"

#include <algorithm>

#include "dns/chain.hpp"
#include "dns/exchange.hpp"
#include "log/log.hpp"

namespace posthouse::dns {
namespace {

using net::Clock;

const log::Log kLog("dns");
constexpr uint32_t kFailureTtl = 5;

class Lookup : public std::enable_shared_from_this<Lookup> {
 public:
  Lookup(net::Engine& engine, std::shared_ptr<Servers> servers, const Question& question, Patience patience,
         Clock::time_point end, std::function<void(Answer)> then)
      : engine_(engine),
        servers_(std::move(servers)),
        patience_(std::move(patience)),
        end_(end),
        then_(std::move(then)),
        chain_(question) {}

  // The next name of the chain.
  void begin() {
    left_ = servers_->order(Clock::now());
    silences_ = 0;
    edns_ = true;
    ask();
  }

 private:
  void ask() {
    const auto now = Clock::now();
    if (left_.empty() || now >= end_) return fail();
    const auto wait = patience_[std::min(silences_, patience_.size() - 1)];
    const size_t server = left_.front();
    exchange(engine_, addressOf(server), chain_.question(), edns_, std::min(end_, now + wait), end_,
             [self = shared_from_this(), server](Heard heard) { self->heard(server, std::move(heard)); });
  }

  const net::Address& addressOf(size_t server) const { return servers_->all()[server].address; }

  void heard(size_t server, Heard heard) {
    if (heard.kind == Heard::Kind::Reply) {
      servers_->succeeded(server);
      return replied(server, heard.reply);
    }
    servers_->failed(server, Clock::now());
    note(server, heard.kind == Heard::Kind::Silence ? "does not answer in time" : heard.problem);
    if (heard.kind == Heard::Kind::Silence) {
      // It may only have lost a datagram: again, after the others.
      ++silences_;
      std::rotate(left_.begin(), left_.begin() + 1, left_.end());
    } else {
      drop(server);
    }
    ask();
  }

  void replied(size_t server, const Reply& reply) {
    const bool trusted = servers_->all()[server].trusted;
    switch (static_cast<Rcode>(reply.rcode)) {
      case Rcode::NoError:
      case Rcode::NxDomain:
        break;
      case Rcode::FormErr:
      case Rcode::NotImp:
      case Rcode::BadVers:
        // RFC 6891 6.2.2: it may not know EDNS.
        if (std::exchange(edns_, false)) return ask();
        [[fallthrough]];
      default:
        note(server, "answers " + describe(reply));
        if (isBogus(reply)) {
          chain_.answer().security = Security::Bogus;
          return fail();
        }
        drop(server);
        if (trusted) std::erase_if(left_, [&](size_t i) { return !servers_->all()[i].trusted; });
        return ask();
    }
    switch (chain_.add(reply, trusted)) {
      case Chain::Step::Done:
        return finish();
      case Chain::Step::Ask:
        return begin();
      case Chain::Step::Wrong:
        note(server, chain_.problem());
        drop(server);
        return ask();
    }
  }

  void drop(size_t server) { std::erase(left_, server); }

  void note(size_t server, const std::string& what) {
    const std::string address = addressOf(server).text();
    kLog.debug("no answer", {{"name", chain_.question().name},
                             {"type", nameOf(chain_.question().type)},
                             {"resolver", address},
                             {"reason", what}});
    problem_ = address + " " + what;
  }

  void fail() {
    Answer& a = chain_.answer();
    const bool bogus = a.security == Security::Bogus;
    a = Answer::failed(chain_.question().name, problem_.empty() ? "no time was left to ask" : problem_);
    a.ttl = kFailureTtl;
    if (bogus) a.security = Security::Bogus;
    finish();
  }

  void finish() { then_(std::move(chain_.answer())); }

  net::Engine& engine_;
  const std::shared_ptr<Servers> servers_;
  const Patience patience_;
  const Clock::time_point end_;
  const std::function<void(Answer)> then_;
  Chain chain_;
  std::vector<size_t> left_;  // servers that may still be asked for this name, the next one first
  size_t silences_ = 0;       // heard for this name
  bool edns_ = true;
  std::string problem_;
};

}  // namespace

void lookUp(net::Engine& engine, std::shared_ptr<Servers> servers, const Question& question, const Patience& patience,
            Clock::time_point end, std::function<void(Answer)> then) {
  std::make_shared<Lookup>(engine, std::move(servers), question, patience, end, std::move(then))->begin();
}

}  // namespace posthouse::dns
