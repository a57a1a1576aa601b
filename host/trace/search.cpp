// Finding a message's history: the files are few and small, so they are searched from end to end, with no index.
#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "json/parse.hpp"
#include "ph/text/ascii.hpp"
#include "trace/trace.hpp"

namespace posthouse::trace {
namespace {

constexpr size_t kMostSteps = 1000;  // of one message
constexpr int kMostHops = 4;         // notifications of notifications

// As people and logs write them: with or without angle brackets.
std::string_view bare(std::string_view text) {
  text = ph::text::trim(text);
  if (text.size() >= 2 && text.front() == '<' && text.back() == '>') return text.substr(1, text.size() - 2);
  return text;
}

// A notification's id is its message's with a number behind it.
std::string baseOf(std::string_view txn) {
  return std::string(txn.substr(0, txn.find('.')));
}

// Calls fn for each line that has `needle` (lower case) in it.
void linesWith(const std::string& text, const std::string& lowered, const std::string& needle,
               const std::function<void(std::string_view)>& fn) {
  for (size_t at = lowered.find(needle); at != std::string::npos;) {
    const size_t before = lowered.rfind('\n', at);
    const size_t begin = before == std::string::npos ? 0 : before + 1;
    const size_t end = lowered.find('\n', at);
    if (end == std::string::npos) return;
    fn(std::string_view(text).substr(begin, end - begin));
    at = lowered.find(needle, end);
  }
}

bool names(const json::Value& line, const std::string& what) {
  for (const char* key : {"txn", "from", "to", "message_id", "cid", "notification"}) {
    const auto* v = line.find(key);
    if (v && ph::text::toLower(bare(v->string())) == what) return true;
  }
  return false;
}

std::string readAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

class Search {
 public:
  Search(std::string_view what, size_t max) : what_(ph::text::toLower(bare(what))), max_(max) {}

  // Which messages; files from the newest to the oldest.
  bool look(const std::string& text) {
    std::vector<std::string> here;
    linesWith(text, ph::text::toLower(text), json::quoted(what_).substr(1, json::quoted(what_).size() - 2),
              [&](std::string_view line) {
                const auto parsed = json::parse(line);
                if (parsed && names(*parsed, what_)) here.push_back(baseOf((*parsed)["txn"].string()));
              });
    for (auto i = here.rbegin(); i != here.rend() && wanted_.size() < max_; ++i) {
      if (wanted_.insert(*i).second) order_.push_back(*i);
    }
    return wanted_.size() < max_;
  }

  bool empty() const { return order_.empty(); }

  // All that was said of them, and of what they led to; files from the oldest to the newest. True: more is to be looked
  // for.
  bool collect(const std::vector<std::string>& files) {
    const size_t before = owner_.size();
    steps_.clear();
    for (const auto& id : order_) owner_.emplace(id, id);
    for (const auto& file : files) {
      const std::string text = readAll(file);
      const std::map<std::string, std::string> known = owner_;
      for (const auto& [id, owner] : known) {
        linesWith(text, text, "\"txn\":\"" + id, [&, &story = owner](std::string_view line) {
          const auto parsed = json::parse(line);
          if (parsed && baseOf((*parsed)["txn"].string()) == id) take(*parsed, story);
        });
      }
    }
    return owner_.size() > std::max(before, order_.size());
  }

  std::vector<Story> stories() {
    std::vector<Story> out;
    for (auto id = order_.rbegin(); id != order_.rend(); ++id) {
      auto& steps = steps_[*id];
      std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.ms < b.ms; });
      out.push_back({*id, std::move(steps)});
    }
    return out;
  }

 private:
  void take(const json::Value& line, const std::string& owner) {
    auto& steps = steps_[owner];
    if (steps.size() >= kMostSteps) return;
    Step s{line["t"].integer(), line["txn"].string(), line["module"].string(), line["step"].string(), {}};
    s.fields = json::Value::object();
    for (const auto& [key, value] : line.members()) {
      if (key != "t" && key != "txn" && key != "module" && key != "step") s.fields.set(key, value);
    }
    if (const auto* n = line.find("notification")) owner_.emplace(baseOf(n->string()), owner);
    steps.push_back(std::move(s));
  }

  const std::string what_;
  const size_t max_;
  std::set<std::string> wanted_;
  std::vector<std::string> order_;            // the newest first
  std::map<std::string, std::string> owner_;  // message -> whose story it belongs to
  std::map<std::string, std::vector<Step>> steps_;
};

}  // namespace

ph::Result<std::vector<Story>> Trace::find(std::string_view what, size_t max) {
  if (bare(what).empty()) return ph::Error{ph::Kind::Invalid, "a Message-ID, an address or an id of the log is needed"};
  const auto all = files();
  Search search(what, max);
  for (auto f = all.rbegin(); f != all.rend() && search.look(readAll(*f)); ++f) {
  }
  if (search.empty()) return std::vector<Story>{};
  for (int hop = 0; hop < kMostHops && search.collect(all); ++hop) {
  }
  return search.stories();
}

}  // namespace posthouse::trace
