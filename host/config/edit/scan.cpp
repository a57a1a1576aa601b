#include "config/edit/scan.hpp"

#include <algorithm>

#include "json/parse.hpp"

namespace posthouse::config::edit {
namespace {

constexpr std::string_view kBom = "\xef\xbb\xbf";
constexpr std::string_view kBlank = " \t";
constexpr int kMaxDepth = 64;

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Scan run() {
    if (text_.starts_with(kBom)) at_ = kBom.size();
    out_.sections.push_back({{}, at_, at_, at_});
    while (at_ < text_.size()) line();
    return std::move(out_);
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool starts(std::string_view s) const { return text_.substr(at_, s.size()) == s; }
  void skip(std::string_view any) {
    while (at_ < text_.size() && any.find(text_[at_]) != std::string_view::npos) ++at_;
  }
  void toLineEnd() {
    at_ = std::min(text_.find('\n', at_), text_.size());
    if (at_ < text_.size()) ++at_;
  }

  void line() {
    const size_t begin = at_;
    skip(kBlank);
    if (peek() == '[') {
      header(begin);
      return;
    }
    if (at_ < text_.size() && std::string_view("\r\n#").find(peek()) == std::string_view::npos) {
      Entry e;
      e.begin = begin;
      keyValue(out_.sections.back().path, &e, 0);
      toLineEnd();
      for (auto& known : out_.entries) {
        if (known.begin == begin && !known.inlineMember) known.end = at_;
      }
      out_.sections.back().end = at_;
      return;
    }
    toLineEnd();
  }

  void header(size_t begin) {
    const bool array = starts("[[");
    at_ += array ? 2 : 1;
    Path path;
    for (auto& key : dotted()) {
      path.push_back({std::move(key), -1});
      // What an array of tables holds belongs to its newest one.
      const int n = out_.count(path);
      if (n > 0) path.back().index = n - 1;
    }
    if (array && !path.empty()) ++path.back().index;
    toLineEnd();
    out_.sections.push_back({std::move(path), begin, at_, at_});
  }

  std::vector<std::string> dotted() {
    std::vector<std::string> out;
    for (;;) {
      skip(kBlank);
      out.push_back(key());
      skip(kBlank);
      if (peek() != '.') return out;
      ++at_;
    }
  }

  std::string key() {
    const size_t begin = at_;
    if (peek() == '"' || peek() == '\'') {
      const bool basic = peek() == '"';
      string();
      const std::string_view all = text_.substr(begin, at_ - begin);
      if (all.size() < 2) return {};
      if (!basic) return std::string(all.substr(1, all.size() - 2));
      const auto parsed = json::parse(all);  // the escapes that people use are the same
      return parsed ? parsed->string() : std::string(all);
    }
    while (at_ < text_.size() && std::string_view(" \t\r\n.=]#").find(text_[at_]) == std::string_view::npos) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  void keyValue(const Path& base, Entry* e, int depth) {
    e->key = at_;
    e->path = base;
    for (auto& k : dotted()) e->path.push_back({std::move(k), -1});
    if (peek() == '=') ++at_;
    skip(kBlank);
    e->section = out_.sections.size() - 1;
    e->valueBegin = at_;
    e->inlineTable = peek() == '{';
    const size_t slot = out_.entries.size();
    out_.entries.push_back(*e);
    value(e->path, depth);
    out_.entries[slot].valueEnd = out_.entries[slot].end = at_;
  }

  void value(const Path& path, int depth) {
    const char c = peek();
    if (c == '"' || c == '\'') {
      string();
    } else if (c == '[' && depth < kMaxDepth) {
      ++at_;
      for (;;) {
        between();
        if (at_ == text_.size() || peek() == ']') break;
        const size_t before = at_;
        value({}, depth + 1);  // what stands in a list has no path
        if (at_ == before) ++at_;
      }
      if (at_ < text_.size()) ++at_;
    } else if (c == '{' && depth < kMaxDepth) {
      ++at_;
      for (;;) {
        skip(" \t,\r\n");
        if (at_ == text_.size() || peek() == '}') break;
        const size_t before = at_;
        if (path.empty()) {
          dotted();
          if (peek() == '=') ++at_;
          skip(kBlank);
          value({}, depth + 1);
        } else {
          Entry e;
          e.begin = at_;
          e.inlineMember = true;
          keyValue(path, &e, depth + 1);
        }
        if (at_ == before) ++at_;
      }
      if (at_ < text_.size()) ++at_;
    } else {
      const size_t begin = at_;
      while (at_ < text_.size() && std::string_view(",]}#\r\n").find(text_[at_]) == std::string_view::npos) ++at_;
      while (at_ > begin && kBlank.find(text_[at_ - 1]) != std::string_view::npos) --at_;
    }
  }

  // Blanks, lines, commas and comments between the values of a list.
  void between() {
    for (;;) {
      skip(" \t\r\n,");
      if (peek() != '#') return;
      toLineEnd();
    }
  }

  void string() {
    const char quote = peek();
    const std::string three(3, quote);
    const bool escapes = quote == '"';
    if (starts(three)) {
      at_ += 3;
      while (at_ < text_.size() && !starts(three)) at_ += escapes && text_[at_] == '\\' ? 2 : 1;
      at_ = std::min(at_ + 3, text_.size());
      // Up to two quotes may stand before the closing ones.
      for (int i = 0; i < 2 && peek() == quote; ++i) ++at_;
      return;
    }
    ++at_;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n')
      at_ += escapes && text_[at_] == '\\' ? 2 : 1;
    at_ = std::min(at_ + 1, text_.size());
  }

  std::string_view text_;
  size_t at_ = 0;
  Scan out_;
};

}  // namespace

int Scan::count(const Path& path) const {
  int n = 0;
  for (const auto& s : sections) {
    if (s.path.size() != path.size() || path.empty() || s.path.back().index < 0) continue;
    if (s.path.back().key == path.back().key && std::equal(path.begin(), path.end() - 1, s.path.begin()))
      n = std::max(n, s.path.back().index + 1);
  }
  return n;
}

Scan scan(std::string_view text) {
  return Scanner(text).run();
}

}  // namespace posthouse::config::edit
