#include "app/cli/plugin_commands.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "admin/arguments.hpp"
#include "app/cli/run.hpp"
#include "app/cli/socket.hpp"
#include "app/command.hpp"
#include "app/offline.hpp"
#include "app/server.hpp"
#include "plugin/manifest.hpp"

namespace posthouse::app::cli {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> wordsOf(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string w; in >> w;) out.push_back(w);
  return out;
}

bool begins(const std::vector<std::string>& args, const std::string& words) {
  const auto w = wordsOf(words);
  return w.size() <= args.size() && std::equal(w.begin(), w.end(), args.begin());
}

// Of a flag that may stand anywhere; empty: not there.
std::string flagValue(const std::vector<std::string>& args, const std::string& flag) {
  for (size_t i = 0; i < args.size() && args[i] != "--"; ++i) {
    if (args[i] == flag && i + 1 < args.size()) return args[i + 1];
    if (args[i].starts_with(flag + "=")) return args[i].substr(flag.size() + 1);
  }
  return {};
}

}  // namespace

PluginCommands::PluginCommands(const std::vector<std::string>& args) : resolver_(flagValue(args, "--resolver")) {
  const std::string file = flagValue(args, "--config"), dir = flagValue(args, "--dir");
  if (file.empty() && resolver_.empty()) {
    const auto socket = findSocket(dir);
    const auto list = std::find_if(admin::operations().begin(), admin::operations().end(),
                                   [](const auto* o) { return std::string_view(o->name) == "command.list"; });
    if (const auto answer =
            socket ? ask(*socket, **list, json::Value::object()) : ph::Result<json::Value>(socket.error())) {
      socket_ = *socket;
      for (const auto& form : (*answer)["items"].items()) {
        if (auto c = admin::PluginOperation::read(form))
          ofServer_.push_back(
              std::make_shared<admin::PluginOperation>(std::make_shared<commands::Command>(std::move(*c))));
      }
    }
  }
  // What was named is loaded as named; what was found by chance may be somebody else's and closed to us.
  Flags flags;
  if (!file.empty()) flags.values["config"] = file;
  if (file.empty() && !dir.empty()) flags.values["config"] = dir + "/posthouse.toml";
  if (auto config = findConfig(flags)) {
    config_ = std::move(*config);
  } else if (!file.empty()) {
    configProblem_ = config.error();
  }
  folder_ = Server::pluginFolder(config_.value_or(config::ServerConfig()));
  std::error_code ec;
  for (const auto& e : fs::directory_iterator(folder_, ec)) {
    if (e.path().extension() != ".json" || !fs::exists(fs::path(e.path()).replace_extension(".so"), ec)) continue;
    const auto manifest = plugin::readManifest(e.path().string());
    if (!manifest) continue;
    for (const auto& words : manifest->commands) listed_.push_back({words, manifest->id});
  }
  std::sort(listed_.begin(), listed_.end(), [](const auto& a, const auto& b) { return a.words < b.words; });
}

std::vector<PluginCommands::Known> PluginCommands::known() const {
  std::vector<Known> out;
  for (const auto& o : ofServer_) out.push_back({o->command().words, o->command().plugin, o->command().help});
  for (const auto& l : listed_) {
    if (std::none_of(out.begin(), out.end(), [&](const auto& k) { return k.words == l.words; }))
      out.push_back({l.words, l.plugin, {}});
  }
  return out;
}

const PluginCommands::Listed* PluginCommands::listed(const std::vector<std::string>& args) const {
  const auto i = std::find_if(listed_.begin(), listed_.end(), [&](const Listed& l) { return begins(args, l.words); });
  return i == listed_.end() ? nullptr : &*i;
}

ph::Result<std::shared_ptr<const PluginCommands::Found>> PluginCommands::find(
    const std::vector<std::string>& args) const {
  auto found = std::make_shared<Found>();
  for (const auto& o : ofServer_) {
    if (!begins(args, o->command().words)) continue;
    found->operation_ = o;
    found->length_ = wordsOf(o->command().words).size();
    found->socket_ = socket_;
    return std::shared_ptr<const Found>(found);
  }
  const Listed* l = listed(args);
  if (!l) return std::shared_ptr<const Found>();
  if (!configProblem_) return configProblem_.error();
  auto alone = PluginAlone::open(l->plugin, {folder_, config_ ? &*config_ : nullptr, resolver_});
  if (!alone) return alone.error();
  found->alone_ = std::move(*alone);
  found->command_ = found->alone_->find(l->words);
  if (!found->command_ || !found->command_->offline)
    return ph::Error{ph::Kind::Unavailable, "'" + l->words + "' needs a running server with the plugin " + l->plugin +
                                                "; name its folder with --dir DIR"};
  found->operation_ = std::make_shared<admin::PluginOperation>(found->command_);
  found->length_ = wordsOf(l->words).size();
  return std::shared_ptr<const Found>(found);
}

int PluginCommands::Found::run(const std::vector<std::string>& args) const {
  return cli::run(operation(), args, offline(), [this](const Arguments& given) {
    if (!alone_) return ask(socket_, operation(), given.args);
    // Nobody else judges what runs here.
    ph::Status s = admin::checkTypes(operation(), given.args);
    if (s) s = admin::checkPresence(operation(), given.args);
    return s ? alone_->run(command_, given.args) : ph::Result<json::Value>(s.error());
  });
}

}  // namespace posthouse::app::cli
