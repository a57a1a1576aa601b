#include "admin/operation.hpp"

#include <algorithm>

namespace posthouse::admin {

const char* methodName(Method method) {
  static constexpr const char* kNames[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  return kNames[static_cast<size_t>(method)];
}

const Param* Operation::param(std::string_view name) const {
  const auto i = std::find_if(params.begin(), params.end(), [&](const Param& p) { return name == p.name; });
  return i == params.end() ? nullptr : &*i;
}

bool Operation::inPath(const Param& param) const {
  return std::string_view(path).find("{" + std::string(param.name) + "}") != std::string_view::npos;
}

bool Operation::takesFile() const {
  return std::any_of(params.begin(), params.end(), [](const Param& p) { return p.type == Param::Type::File; });
}

std::vector<const Param*> Operation::words() const {
  std::vector<const Param*> out;
  for (const auto& p : params) {
    if (inPath(p) || (p.flags & Param::kWord)) out.push_back(&p);
  }
  return out;
}

std::string Operation::command() const {
  std::string out = name;
  std::replace(out.begin(), out.end(), '.', ' ');
  return out;
}

}  // namespace posthouse::admin
