#include "results/dkim_entry.hpp"

#include "results/auth_results.hpp"

namespace ph_mailauth {

std::string dkimEntry(const DkimResult& r) {
  std::string out = "dkim=" + std::string(name(r.status));
  std::string comment = r.reason;
  if (r.status == DkimStatus::Pass && r.keyBits > 0 && r.algorithm.starts_with("rsa"))
    comment = std::to_string(r.keyBits) + " bits";
  if (r.testing) comment += comment.empty() ? "test mode" : ", test mode";
  if (!comment.empty()) out += " " + authComment(comment);
  const auto add = [&](const char* property, const std::string& value) {
    if (!value.empty()) out += std::string(" header.") + property + "=" + propertyValue(value);
  };
  add("d", r.domain);
  // RFC 8601 2.7.1: i= where it says more than d=.
  if (r.identity != "@" + r.domain) add("i", r.identity);
  add("s", r.selector);
  add("a", r.algorithm);
  if (!r.signature.empty()) out += " header.b=" + authValue(r.signature);
  return out;
}

std::string arcEntry(const arc::Result& r) {
  std::string out = "arc=" + std::string(name(r.status));
  if (r.status == arc::ChainValue::Pass) out += " header.oldest-pass=" + std::to_string(r.oldestPass);
  std::string comment = r.reason;
  for (size_t i = 0; i < r.sealers.size() && i < 5; ++i)
    comment += (i > 0 ? ", " : comment.empty() ? "sealed by " : "; sealed by ") + r.sealers[i];
  if (!comment.empty()) out += " " + authComment(comment);
  return out;
}

}  // namespace ph_mailauth
