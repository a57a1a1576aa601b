#include "app/cli/socket.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "admin/error_form.hpp"
#include "admin/http_face.hpp"
#include "admin/progress_lines.hpp"
#include "base/descriptor.hpp"
#include "json/parse.hpp"
#include "net/unix_socket.hpp"
#include "setup/localserve.hpp"

namespace posthouse::app::cli {
namespace {

using json::Value;

// RFC 3986 2.1: all but unreserved characters.
std::string encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) != 0 || std::strchr("-._~", c) != nullptr) {
      out += c;
    } else {
      out.append("%").append(1, kHex[u >> 4]).append(1, kHex[u & 15]);
    }
  }
  return out;
}

std::string asText(const Value& v) {
  return v.type() == Value::Type::String ? v.string() : json::text(v);
}

std::string requestOf(const admin::Operation& operation, const Value& args, std::string_view raw = {}) {
  std::string path = std::string(admin::HttpFace::kBase) + (operation.path + 1);
  std::string query;
  Value body = Value::object();
  const bool inQuery =
      operation.method == admin::Method::Get || operation.method == admin::Method::Delete || operation.rawBody;
  for (const auto& [key, value] : args.members()) {
    const std::string place = "{" + key + "}";
    if (const size_t at = path.find(place); at != std::string::npos) {
      path.replace(at, place.size(), encoded(asText(value)));
    } else if (!inQuery) {
      body.set(key, value);
    } else if (value.type() == Value::Type::List) {
      for (const auto& item : value.items())
        query.append(query.empty() ? "?" : "&").append(encoded(key)).append("=").append(encoded(asText(item)));
    } else {
      query.append(query.empty() ? "?" : "&").append(encoded(key)).append("=").append(encoded(asText(value)));
    }
  }
  // HTTP/1.0: the answer ends with the connection.
  std::string out = std::string(admin::methodName(operation.method)) + " " + path + query +
                    " HTTP/1.0\r\nHost: localhost\r\nUser-Agent: posthouse\r\nAccept: application/json" +
                    (operation.tells ? std::string(", ") + admin::ProgressLines::kType : "") + "\r\n";
  if (operation.rawBody) {
    out += "Content-Type: application/octet-stream\r\nContent-Length: " + std::to_string(raw.size()) + "\r\n\r\n";
    out.reserve(out.size() + raw.size());
    return out.append(raw);
  }
  if (inQuery) return out + "\r\n";
  const std::string text = json::text(body);
  return out + "Content-Type: application/json\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
}

// The whole answer. `come`: what there is of it so far.
ph::Result<std::string> transfer(const std::string& socket, const std::string& request,
                                 const std::function<void(std::string_view)>& come) {
  const auto connected = net::connectUnix(socket);
  if (!connected) {
    const bool denied = connected.error().kind == ph::Kind::Denied;
    return ph::Error{denied ? ph::Kind::Denied : ph::Kind::Unavailable, connected.error().text};
  }
  const Descriptor fd(*connected);
  for (size_t sent = 0; sent < request.size();) {
    const ssize_t n = ::send(fd.get(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ph::Error{ph::Kind::Unavailable, socket + ": " + std::strerror(errno)};
    sent += static_cast<size_t>(n);
  }
  std::string answer;
  char buffer[16 * 1024];
  for (;;) {
    const ssize_t n = ::recv(fd.get(), buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ph::Error{ph::Kind::Unavailable, socket + ": " + std::strerror(errno)};
    if (n == 0) return answer;
    answer.append(buffer, static_cast<size_t>(n));
    if (come) come(answer);
  }
}

// The lines of an answer, told as they come. Of one that is no such list there are none.
class Lines {
 public:
  explicit Lines(const TellProgress& tell) : tell_(tell) {}

  void come(std::string_view answer) {
    if (at_ == 0) {
      const size_t end = answer.find(kEnd);
      if (end == answer.npos || answer.substr(0, end).find(admin::ProgressLines::kType) == answer.npos) return;
      at_ = end + kEnd.size();
    }
    for (size_t end; (end = answer.find('\n', at_)) != answer.npos; at_ = end + 1) {
      last_ = json::parse(answer.substr(at_, end - at_)).valueOr(Value());
      const Value& p = last_["progress"];
      if (tell_ && !p.isNull())
        tell_({static_cast<uint64_t>(p["done"].integer()), static_cast<uint64_t>(p["total"].integer()),
               p["unit"].string().c_str()});
    }
  }
  bool any() const { return at_ > 0; }
  const Value& last() const { return last_; }

  static constexpr std::string_view kEnd = "\r\n\r\n";  // of the head

 private:
  const TellProgress& tell_;
  size_t at_ = 0;  // what was looked at
  Value last_;
};

}  // namespace

ph::Result<std::string> findSocket(const std::string& dir) {
  if (!dir.empty()) return dir + "/ctl.sock";
  std::error_code ec;
  std::vector<std::string> candidates = {"ctl.sock", "/run/posthouse/ctl.sock"};
  // Who stands in the folder of a server does not mean the one for tests.
  if (!std::filesystem::exists("posthouse.toml", ec))
    candidates.insert(candidates.begin() + 1, setup::localserveFolder() + "/ctl.sock");
  for (const auto& path : candidates) {
    if (std::filesystem::is_socket(path, ec)) return path;
  }
  return ph::Error{ph::Kind::NotFound, "no running server found; name its folder with --dir DIR"};
}

ph::Result<std::string> askBytes(const std::string& socket, const admin::Operation& operation, const Value& args,
                                 std::string_view raw) {
  auto answer = transfer(socket, requestOf(operation, args, raw), nullptr);
  if (!answer) return answer.error();
  const size_t end = answer->find("\r\n\r\n");
  if (answer->compare(0, 7, "HTTP/1.") != 0 || end == std::string::npos)
    return ph::Error{ph::Kind::Unavailable, socket + ": the connection broke off before an answer came"};
  const bool good = answer->compare(9, 1, "2") == 0;
  answer->erase(0, end + 4);
  if (good) return answer;
  const auto body = json::parse(*answer);
  if (!body) return ph::Error{ph::Kind::Unavailable, socket + ": the answer can't be read: " + body.error().text};
  return (*body)["code"].isNull() ? ph::Error{ph::Kind::Temporary, "the server is busy"} : admin::errorFrom(*body);
}

ph::Result<Value> ask(const std::string& socket, const admin::Operation& operation, const Value& args,
                      const TellProgress& tell) {
  Lines lines(tell);
  const auto answer = transfer(socket, requestOf(operation, args), [&](std::string_view all) { lines.come(all); });
  if (!answer) return answer.error();
  const ph::Error broken{ph::Kind::Unavailable, socket + ": the connection broke off before an answer came"};
  const size_t end = answer->find(Lines::kEnd);
  if (answer->compare(0, 7, "HTTP/1.") != 0 || end == std::string::npos) return broken;
  if (lines.any()) {
    if (const Value* result = lines.last().find("result")) return *result;
    if (const Value* error = lines.last().find("error")) return admin::errorFrom(*error);
    return broken;
  }
  auto body = json::parse(std::string_view(*answer).substr(end + 4));
  if (!body) return ph::Error{ph::Kind::Unavailable, socket + ": the answer can't be read: " + body.error().text};
  if (answer->compare(9, 1, "2") == 0) return body;
  return (*body)["code"].isNull() ? ph::Error{ph::Kind::Temporary, "the server is busy"} : admin::errorFrom(*body);
}

}  // namespace posthouse::app::cli
