#include "app/transfer_peer.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "admin/operation.hpp"
#include "app/cli/run.hpp"
#include "app/cli/socket.hpp"
#include "app/command.hpp"
#include "json/parse.hpp"
#include "net/unix_socket.hpp"
#include "transfer/frames.hpp"

namespace posthouse::admin {
extern const Operation kTransferFolders;
extern const Operation kTransferGet;
extern const Operation kTransferKnown;
extern const Operation kTransferPut;
}  // namespace posthouse::admin

namespace posthouse::app {
namespace {

using json::Value;

class SocketPeer final : public transfer::Peer {
 public:
  SocketPeer(std::string socket, std::string account) : socket_(std::move(socket)), account_(std::move(account)) {}

  ph::Result<std::vector<bool>> known(const std::vector<std::string>& keys) override {
    if (keys.empty()) return std::vector<bool>();
    std::vector<std::string> hex;
    for (const auto& key : keys) hex.push_back(transfer::toHex(key));
    const auto answer = cli::ask(socket_, admin::kTransferKnown, Value::object({{"account", account_}, {"keys", hex}}));
    if (!answer) return answer.error();
    auto there = (*answer)["known"].strings();
    std::sort(there.begin(), there.end());
    std::vector<bool> out;
    for (const auto& key : hex) out.push_back(std::binary_search(there.begin(), there.end(), key));
    return out;
  }

  ph::Result<transfer::Outcome> put(const transfer::Batch& batch) override {
    const auto answer =
        cli::askBytes(socket_, admin::kTransferPut, Value::object({{"account", account_}}), transfer::encode(batch));
    if (!answer) return answer.error();
    const auto body = json::parse(*answer);
    if (!body) return body.error();
    transfer::Outcome outcome;
    outcome.stored = static_cast<uint64_t>((*body)["stored"].integer());
    outcome.known = static_cast<uint64_t>((*body)["known"].integer());
    for (const auto& r : (*body)["refused"].items()) {
      const auto which = static_cast<size_t>(r["message"].integer());
      if (which < batch.parcels.size()) outcome.refused.emplace_back(which, r["reason"].string());
    }
    return outcome;
  }

  ph::Result<std::vector<transfer::Folder>> folders() override {
    const auto answer = cli::ask(socket_, admin::kTransferFolders, Value::object({{"account", account_}}));
    if (!answer) return answer.error();
    std::vector<transfer::Folder> out;
    for (const auto& f : (*answer)["items"].items())
      out.push_back({f["mailbox"].string(), static_cast<store::Use>(f["use"].integer()), f["subscribed"].boolean()});
    return out;
  }

  ph::Result<transfer::Page> get(const std::string& mailbox, store::Uid from) override {
    const auto answer = cli::askBytes(
        socket_, admin::kTransferGet,
        Value::object({{"account", account_}, {"mailbox", mailbox}, {"from", static_cast<uint64_t>(from)}}));
    if (!answer) return answer.error();
    return transfer::decodePage(*answer);
  }

 private:
  const std::string socket_;
  const std::string account_;
};

}  // namespace

std::unique_ptr<transfer::Peer> socketPeer(std::string socket, std::string account) {
  return std::make_unique<SocketPeer>(std::move(socket), std::move(account));
}

std::optional<TransferCommand> beginTransfer(const std::vector<std::string>& args, std::vector<FlagSpec> known,
                                             size_t words, size_t accountWord, int* code) {
  auto all = known;
  all.push_back({"config", true});
  all.push_back({"dir", true});
  auto flags = parseFlags(args, all);
  if (!flags || flags->words.size() != words) {
    if (!flags) std::cerr << "posthouse: " << flags.error().text << "\n";
    *code = kUsage;
    return {};
  }
  const auto account = flags->words[accountWord];
  TransferCommand out;
  if (!flags->has("config")) {
    const auto socket = cli::findSocket(flags->get("dir"));
    const auto fd = socket ? net::connectUnix(*socket) : ph::Result<int>(socket.error());
    if (fd) {
      ::close(*fd);
      out.peer = socketPeer(*socket, account);
      out.flags = std::move(*flags);
      return out;
    }
    if (flags->has("dir")) {
      std::cerr << "posthouse: " << fd.error().text << "\n";
      *code = kNotNow;
      return {};
    }
  }
  if (auto offline = beginOfflineStore(args, std::move(known), words, words, code))
    out.offline.emplace(std::move(*offline));
  if (!out.offline) return {};
  if (!out.offline->offline.config.accounts.contains(account)) {
    *code = failed({ph::Kind::NotFound, "there is no account " + account});
    return {};
  }
  auto opened = out.offline->store->openOrCreate(account);
  if (!opened) {
    *code = failed(opened.error());
    return {};
  }
  out.peer = transfer::storePeer(std::move(*opened));
  out.flags = std::move(*flags);
  return out;
}

}  // namespace posthouse::app
