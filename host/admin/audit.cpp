#include "admin/audit.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "admin/error_form.hpp"
#include "admin/store_file.hpp"
#include "base/descriptor.hpp"
#include "json/parse.hpp"
#include "log/log.hpp"

namespace posthouse::admin {
namespace {

const log::Log kLog("audit");
using json::Value;

}  // namespace

ph::Status Audit::add(const Registry::Record& r) {
  const char* result = r.result ? "ok" : codeName(r.result.error().kind);
  const std::string args = json::text(r.args);
  kLog.info("change", {{"operation", r.operation.name},
                       {"who", r.who.name},
                       {"face", r.who.face},
                       {"from", r.who.from},
                       {"args", args},
                       {"result", result}});
  const std::string line = json::text(Value::object({{"time", static_cast<int64_t>(std::time(nullptr))},
                                                     {"who", r.who.name},
                                                     {"role", roleName(r.who.role)},
                                                     {"face", r.who.face},
                                                     {"from", r.who.from},
                                                     {"operation", r.operation.name},
                                                     {"args", r.args},
                                                     {"result", result}})) +
                           "\n";
  std::lock_guard lock(mutex_);
  std::error_code ec;
  std::filesystem::create_directories(std::filesystem::path(file_).parent_path(), ec);
  const Descriptor fd(::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!fd || ::write(fd.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
      ::fdatasync(fd.get()) != 0) {
    const ph::Error error{ph::Kind::Temporary, file_ + ": " + std::strerror(errno)};
    kLog.error("the audit log can't be written", {{"reason", error.text}});
    return error;
  }
  return {};
}

ph::Result<Value> Audit::read(size_t max) const {
  const auto text = readFile(file_);
  if (!text) return text.error().kind == ph::Kind::NotFound ? ph::Result<Value>(Value::list()) : text.error();
  Value out = Value::list();
  std::string_view rest = *text;
  // What a crash left half written at the end is no line.
  rest = rest.substr(0, rest.rfind('\n') == std::string_view::npos ? 0 : rest.rfind('\n'));
  while (!rest.empty() && out.items().size() < max) {
    const size_t begin = rest.rfind('\n') == std::string_view::npos ? 0 : rest.rfind('\n') + 1;
    if (auto line = json::parse(rest.substr(begin))) out.add(std::move(*line));
    rest = rest.substr(0, begin == 0 ? 0 : begin - 1);
  }
  return out;
}

}  // namespace posthouse::admin
