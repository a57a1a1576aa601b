#include "results/dkim_result.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ph_mailauth {

namespace {

constexpr size_t kMaxFact = 4096;
constexpr std::array<std::pair<DkimStatus, std::string_view>, 7> kNames = {{{DkimStatus::None, "none"},
                                                                            {DkimStatus::Pass, "pass"},
                                                                            {DkimStatus::Fail, "fail"},
                                                                            {DkimStatus::Policy, "policy"},
                                                                            {DkimStatus::Neutral, "neutral"},
                                                                            {DkimStatus::TempError, "temperror"},
                                                                            {DkimStatus::PermError, "permerror"}}};

// How many results fit into both facts, so that they stay parallel.
size_t fitting(const std::vector<DkimResult>& results) {
  size_t domains = 0, selectors = 0, n = 0;
  for (const auto& r : results) {
    domains += name(r.status).size() + r.domain.size() + 2;
    selectors += r.selector.size() + 2;
    if (domains > kMaxFact || selectors > kMaxFact) break;
    ++n;
  }
  return n;
}

std::string_view takeWord(std::string_view& text) {
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

}  // namespace

std::string_view name(DkimStatus status) {
  for (const auto& [value, text] : kNames) {
    if (value == status) return text;
  }
  return "none";
}

std::string dkimFact(const std::vector<DkimResult>& results) {
  std::string out;
  for (size_t i = 0; i < fitting(results); ++i) {
    if (!out.empty()) out += ' ';
    out.append(name(results[i].status)).append(":").append(results[i].domain);
  }
  return out;
}

std::string selectorsFact(const std::vector<DkimResult>& results) {
  std::string out;
  for (size_t i = 0; i < fitting(results); ++i) {
    if (!out.empty()) out += ' ';
    out += results[i].selector.empty() ? "-" : results[i].selector;
  }
  return out;
}

std::vector<DkimResult> dkimResults(std::string_view fact, std::string_view selectors) {
  std::vector<DkimResult> out;
  while (!fact.empty()) {
    const auto word = takeWord(fact);
    const auto selector = takeWord(selectors);
    const size_t colon = word.find(':');
    if (colon == word.npos) continue;
    DkimResult r;
    for (const auto& [value, text] : kNames) {
      if (text == word.substr(0, colon)) r.status = value;
    }
    r.domain = word.substr(colon + 1);
    if (selector != "-") r.selector = selector;
    out.push_back(std::move(r));
  }
  return out;
}

}  // namespace ph_mailauth
