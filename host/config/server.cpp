#include "config/server.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "config/schema.hpp"
#include "config/server_schema.hpp"
#include "ph/address/domain.hpp"

namespace posthouse::config {
namespace fs = std::filesystem;
namespace {

class Loader {
 public:
  enum class Part { Main, All };

  explicit Loader(const Overlay& overlay) : overlay_(overlay) {}

  ph::Result<ServerConfig> load(const std::string& file, Part part) {
    c_.file = file;
    c_.folder = fs::absolute(fs::path(file)).parent_path().string();
    auto root = read(file);
    if (!root) return root.error();
    // Options of plugins are judged by the plugins' own schemas, later.
    std::vector<std::pair<std::string, Node>> plugins;
    if (Node* p = root->child("plugins")) {
      if (p->type == Node::Type::Table) plugins = std::move(p->table);
      p->table.clear();
    }
    check(kServerSchema, &*root);
    if (problems_.empty()) server(*root);
    if (part == Part::All) {
      for (auto& [name, node] : plugins) plugin(name, std::move(node));
      each("domains", [&](const std::string& stem, Node& n) { domain(stem, n); });
      each("accounts", [&](const std::string& stem, Node& n) { account(stem, n); });
      if (problems_.empty()) crossCheck();
    }
    if (problems_.empty()) return std::move(c_);
    std::string all;
    for (const auto& p : problems_) all += (all.empty() ? "" : "\n") + p;
    return ph::Error{ph::Kind::Invalid, all};
  }

 private:
  void problem(const Position& at, const std::string& text) { problems_.push_back(at.text() + ": " + text); }

  bool check(const char* schema, Node* node) {
    const auto s = Schema::parse(schema);
    if (!s) {
      problems_.push_back(s.error().text);
      return false;
    }
    auto found = s->apply(node);
    problems_.insert(problems_.end(), found.begin(), found.end());
    return found.empty();
  }

  void server(const Node& n) {
    auto host = ph::address::normaliseDomain(n.stringAt("hostname"));
    if (!host) {
      problem(n.child("hostname")->at, "'hostname': " + host.error().text);
      return;
    }
    c_.hostname = *host;
    c_.user = n.stringAt("user");
    c_.group = n.stringAt("group");
    c_.dataDir = c_.resolve(n.stringAt("data_dir"));
    const std::string plugins = n.stringAt("plugin_dir");
    c_.pluginDir = plugins.empty() ? "" : c_.resolve(plugins);
    c_.postmaster = n.stringAt("postmaster");
    c_.logLevel = n.stringAt("log.level", "info");
    c_.logFormat = n.stringAt("log.format", "logfmt");
    parseSize(n.stringAt("log.history", "64MB"), &c_.historyBytes);
    const std::string logFile = n.stringAt("log.file");
    c_.logFile = logFile.empty() ? "" : c_.resolve(logFile);
    if (const Node* m = n.find("log.modules")) {
      for (const auto& [name, level] : m->table) c_.logModules[name] = level.string;
    }
    uint64_t reserve = 0;
    parseSize(n.stringAt("storage.reserve", "1GB"), &reserve);
    c_.reserveBytes = static_cast<int64_t>(reserve);
    uint64_t memory = 0;
    parseSize(n.stringAt("limits.memory", "256MB"), &memory);
    c_.memoryBytes = static_cast<int64_t>(memory);
    if (const Node* limits = n.find("limits")) c_.limits = readLimits(*limits, &problems_);
    c_.queue = readQueue(n, c_.folder, &problems_);
    if (const Node* dns = n.find("dns")) {
      c_.dns = {dns->child("resolvers") == nullptr, dns->listAt("resolvers"), dns->listAt("trusted"), dns->at};
    }
    parseSize(n.stringAt("storage.quota", "0"), &c_.quota);
    if (int64_t ms = 0; parseDuration(n.stringAt("storage.keep_removed", "7d"), &ms)) c_.keepRemoved = ms / 1000;
    const std::string socket = n.stringAt("control.socket", "ctl.sock");
    c_.controlSocket = socket.empty() ? "" : c_.resolve(socket);
    c_.metricsAddress = n.stringAt("metrics.address");
    c_.catchEverything = n.stringAt("testing.catch_everything");
    c_.homePage = n.boolAt("testing.home_page");
    if (const Node* list = n.child("certificates")) {
      for (const auto& item : list->list) {
        c_.certificates.push_back({item.listAt("names"), c_.resolve(item.stringAt("certificate")),
                                   c_.resolve(item.stringAt("key")), item.at});
      }
    }
    if (const Node* table = n.child("listeners")) {
      for (const auto& [name, l] : table->table) {
        c_.listeners.push_back({name, l.listAt("address"), l.stringAt("protocol"), l.stringAt("tls"),
                                l.boolAt("plaintext_login"), l.boolAt("client_certificates", true),
                                l.intAt("max_connections"), readConnectionLimits(l, c_.limits.connections, &problems_),
                                l.boolAt("proxy_protocol"), trustedProxies(l), l.stringAt("forwarded", "none"), l.at});
      }
    }
  }

  std::vector<std::string> trustedProxies(const Node& listener) {
    auto out = listener.child("trusted_proxies") ? listener.listAt("trusted_proxies") : c_.limits.trustedProxies;
    if (listener.boolAt("proxy_protocol") && out.empty()) {
      problem(listener.at, "'proxy_protocol' needs 'trusted_proxies', here or in [limits]");
    }
    const std::string forwarded = listener.stringAt("forwarded", "none");
    if (forwarded != "none" && listener.stringAt("protocol") != "http")
      problem(listener.at, "'forwarded' is for protocol \"http\"");
    if (forwarded != "none" && out.empty())
      problem(listener.at, "'forwarded' needs 'trusted_proxies', here or in [limits]");
    return out;
  }

  void plugin(const std::string& name, Node node) {
    PluginConfig p;
    p.at = node.at;
    if (node.type != Node::Type::Table) {
      problem(node.at, "'plugins." + name + "' must be a table, as [plugins." + name + "]");
      return;
    }
    for (auto i = node.table.begin(); i != node.table.end();) {
      const bool own = i->first == "enabled" || i->first == "essential";
      if (own && i->second.type != Node::Type::Bool) {
        problem(i->second.at, "'plugins." + name + "." + i->first + "' must be true or false");
      }
      if (i->first == "enabled") p.enabled = i->second.boolean;
      if (i->first == "essential") p.essential = i->second.boolean;
      i = own ? node.table.erase(i) : i + 1;
    }
    p.options = std::move(node);
    c_.plugins.emplace(name, std::move(p));
  }

  static std::string overlayName(const fs::path& path) { return fs::absolute(path).lexically_normal().string(); }

  ph::Result<Node> read(const fs::path& path) const {
    const auto i = overlay_.find(overlayName(path));
    return i != overlay_.end() && i->second ? parseToml(*i->second, path.string()) : parseToml(path.string());
  }

  template <class F>
  void each(const std::string& folder, F&& f) {
    std::vector<fs::path> files;
    std::error_code ignored;
    for (const auto& e : fs::directory_iterator(fs::path(c_.folder) / folder, ignored)) {
      if (e.path().extension() == ".toml" && !overlay_.contains(overlayName(e.path()))) files.push_back(e.path());
    }
    for (const auto& [path, text] : overlay_) {
      if (text && fs::path(path).parent_path() == overlayName(fs::path(c_.folder) / folder)) files.emplace_back(path);
    }
    std::sort(files.begin(), files.end());
    for (const auto& path : files) {
      auto n = read(path);
      if (!n) {
        problems_.push_back(n.error().text);
        continue;
      }
      f(path.stem().string(), *n);
    }
  }

  void domain(const std::string& stem, Node& n) {
    const auto name = ph::address::normaliseDomain(stem);
    if (!name) return problem(n.at, "the file's name is not a domain: " + name.error().text);
    if (!check(kDomainSchema, &n)) return;
    DomainConfig d;
    d.name = *name;
    d.disabled = n.boolAt("disabled");
    d.caseSensitive = n.boolAt("localpart_case_sensitive");
    d.catchall = n.stringAt("catchall");
    d.at = n.at;
    for (const auto& text : n.listAt("localpart_separators")) {
      if (text.size() != 1 || !std::ispunct(static_cast<unsigned char>(text[0])) || text[0] == '@' || text[0] == '"') {
        problem(n.child("localpart_separators")->at, "'" + text + "' can't separate: use one character such as \"+\"");
      }
      d.separators += text;
    }
    d.routes = readRoutes(n, &problems_);
    if (const Node* table = n.child("aliases")) {
      for (const auto& [localpart, a] : table->table) {
        d.aliases.push_back({localpart, a.listAt("members"), a.boolAt("anyone_may_post"), a.boolAt("list_members"),
                             a.boolAt("members_may_send_as"), a.at});
      }
    }
    if (!c_.domains.try_emplace(*name, std::move(d)).second) {
      problem(n.at, "the domain " + *name + " is configured in two files");
    }
  }

  void account(const std::string& stem, Node& n) {
    if (!validAccountName(stem)) {
      return problem(n.at, "the file's name is not an account name: use a-z, 0-9, '.', '-' and '_'");
    }
    if (!check(kAccountSchema, &n)) return;
    c_.accounts.emplace(stem, readAccount(stem, n, {c_.quota, c_.keepRemoved}, &problems_));
  }

  void crossCheck() {
    const Position top{c_.file, 1, 1};
    auto accountExists = [&](const std::string& name, const Position& at, const char* what) {
      if (!name.empty() && !c_.accounts.contains(name))
        problem(at, std::string("'") + what + "' names the account '" + name + "', which does not exist");
    };
    accountExists(c_.postmaster, top, "postmaster");
    accountExists(c_.catchEverything, top, "testing.catch_everything");
    for (const auto& [name, d] : c_.domains) accountExists(d.catchall, d.at, "catchall");
    checkRoutes(c_.queue.routes, c_.queue, &problems_);
    for (const auto& [name, d] : c_.domains) checkRoutes(d.routes, c_.queue, &problems_);
    for (const auto& [name, a] : c_.accounts) checkRoutes(a.routes, c_.queue, &problems_);
  }

  const Overlay& overlay_;
  ServerConfig c_;
  std::vector<std::string> problems_;
};

}  // namespace

std::string ServerConfig::resolve(const std::string& path) const {
  return fs::path(path).is_absolute() ? path : (fs::path(folder) / path).lexically_normal().string();
}

bool validAccountName(std::string_view name) {
  if (name.empty() || name.size() > 64 || name[0] == '.' || name[0] == '-') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

ph::Result<ServerConfig> load(const std::string& file, const Overlay& overlay) {
  return Loader(overlay).load(file, Loader::Part::All);
}

ph::Result<ServerConfig> loadMain(const std::string& file) {
  return Loader(Overlay()).load(file, Loader::Part::Main);
}

}  // namespace posthouse::config
