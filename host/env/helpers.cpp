// What is built from Env's primitives, the same for every Env.
#include <cerrno>
#include <cstring>

#include "env/env.hpp"

namespace posthouse::env {

ph::Error ioError(int code, std::string_view what, std::string_view path) {
  ph::Kind kind = ph::Kind::Temporary;
  if (code == ENOENT || code == ENOTDIR) kind = ph::Kind::NotFound;
  if (code == EEXIST || code == ENOTEMPTY) kind = ph::Kind::Conflict;
  if (code == ENOSPC || code == EDQUOT) kind = ph::Kind::Limit;
  char buffer[128];
  std::string text(what);
  text.append(" ").append(path).append(": ").append(strerror_r(code, buffer, sizeof buffer));
  return {kind, std::move(text)};
}

std::string folderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

ph::Status ensureFolder(Env& env, const std::string& path) {
  (void)env.removeFolder(path);
  if (const auto made = env.makeFolder(path); !made) {
    if (made.error().kind == ph::Kind::Conflict) return {};
    return made.error();
  }
  auto synced = env.syncFolder(folderOf(path));
  if (!synced) (void)env.removeFolder(path);
  return synced;
}

ph::Status removeTree(Env& env, const std::string& path) {
  const auto info = env.info(path);
  if (!info) {
    if (info.error().kind == ph::Kind::NotFound) return {};
    return info.error();
  }
  if (!info->folder) return env.unlink(path);
  const auto names = env.list(path);
  if (!names) return names.error();
  for (const auto& name : *names)
    if (auto removed = removeTree(env, path + "/" + name); !removed) return removed;
  return env.removeFolder(path);
}

}  // namespace posthouse::env
