#include "sendmail/unsent.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "env/env.hpp"
#include "json/parse.hpp"

namespace posthouse::sendmail {
namespace {

constexpr std::string_view kEnding = ".unsent";

}  // namespace

ph::Result<std::string> keep(const std::string& folder, const std::string& id, const Prepared& mail) {
  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ec);
  auto& env = env::posix();
  const std::string path = folder + "/" + id + std::string(kEnding);
  const std::string partial = path + ".new";
  const auto envelope =
      json::Value::object({{"reverse_path", mail.reversePath}, {"recipients", json::Value(mail.recipients)}});
  ph::Status s;
  {
    auto file = env.open(partial, env::Open::CreateNew);
    if (!file) return file.error();
    s = (*file)->write(0, json::text(envelope) + "\n" + mail.message);
    if (s) s = (*file)->sync();
  }
  if (s) s = env.rename(partial, path);
  if (s) s = env.syncFolder(folder);
  if (!s) return s.error();
  return path;
}

std::vector<std::string> unsent(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ec)) {
    if (entry.path().string().ends_with(kEnding)) out.push_back(entry.path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

ph::Result<Prepared> readUnsent(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  if (!std::getline(in, line)) return ph::Error{ph::Kind::Temporary, file + " can't be read"};
  const auto envelope = json::parse(line);
  if (!envelope) return ph::Error{ph::Kind::Invalid, file + ": " + envelope.error().text};
  std::ostringstream rest;
  rest << in.rdbuf();
  return Prepared{(*envelope)["reverse_path"].string(), (*envelope)["recipients"].strings(), std::move(rest).str()};
}

}  // namespace posthouse::sendmail
