#include <fstream>
#include <iostream>

#include "app/command.hpp"
#include "app/offline.hpp"
#include "app/server.hpp"
#include "env/env.hpp"
#include "net/public_id.hpp"

namespace posthouse::app {
namespace {

// The connection's lines in the server's log file, in both of its formats.
void printLog(const std::string& file, const std::string& cid) {
  std::ifstream in(file);
  if (!in) {
    std::cerr << "posthouse: " << file << " can't be read\n";
    return;
  }
  const std::string logfmt = " cid=" + cid;
  const std::string json = "\"cid\":\"" + cid + "\"";
  for (std::string line; std::getline(in, line);) {
    const size_t at = line.find(logfmt);
    const size_t end = at + logfmt.size();
    const bool plain = at != std::string::npos && (end == line.size() || line[end] == ' ');
    if (plain || line.find(json) != std::string::npos) std::cout << line << "\n";
  }
}

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOffline(args, {}, 1, &code);
  if (!offline) return code;
  const auto& [flags, config] = *offline;
  const auto ids = net::PublicIds::read(env::posix(), Server::publicIdKey(config));
  if (!ids) return failed(ids.error());
  std::string text = flags.words[0];
  if (text.size() >= 2 && text.front() == '(' && text.back() == ')') text = text.substr(1, text.size() - 2);
  const auto id = ids->decode(text);
  if (!id) return failed({ph::Kind::Invalid, "'" + text + "' is not an id of this server"});
  std::cout << *id << "\n";
  if (!config.logFile.empty()) printLog(config.logFile, std::to_string(*id));
  return kOk;
}

}  // namespace

const Command kCid = {"cid", "[--config FILE] ID",
                      "Tells which connection an id in a reply or a Received field means; shows its log lines.", run};

}  // namespace posthouse::app
