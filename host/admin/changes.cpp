#include "admin/changes.hpp"

#include <filesystem>

#include "accounts/directory.hpp"
#include "admin/difference.hpp"
#include "admin/store_file.hpp"
#include "config/edit/edit.hpp"
#include "config/restart.hpp"
#include "config/server.hpp"

namespace posthouse::admin {
namespace {

namespace fs = std::filesystem;
using json::Value;

Value toJson(const std::optional<std::string>& text) {
  return text ? Value(*text) : Value();
}

std::optional<std::string> fromJson(const Value& v) {
  return v.isNull() ? std::nullopt : std::optional(v.string());
}

}  // namespace

std::string Changes::mainFile() const {
  return fs::path(core_.config()->file).filename().string();
}

// Names stay below the folder, whatever a client says.
ph::Result<std::string> Changes::pathOf(const std::string& file) const {
  const auto config = core_.config();
  if (file == mainFile()) return fs::absolute(config->file).lexically_normal().string();
  for (const std::string folder : {"domains/", "accounts/"}) {
    if (!file.starts_with(folder) || !file.ends_with(".toml")) continue;
    const std::string name = file.substr(folder.size());
    if (name.find('/') == std::string::npos && name.size() > 5 && name[0] != '.')
      return (fs::path(config->folder) / file).lexically_normal().string();
  }
  return ph::Error{ph::Kind::Invalid,
                   "'" + file + "' is not " + mainFile() + ", domains/NAME.toml or accounts/NAME.toml"};
}

ph::Result<std::string> Changes::text(const std::string& file) const {
  const auto path = pathOf(file);
  return path ? readFile(*path) : ph::Result<std::string>(path.error());
}

ph::Result<Changes::Texts> Changes::current(const Texts& names) const {
  Texts out;
  for (const auto& [file, ignored] : names) {
    auto now = text(file);
    if (!now && now.error().kind != ph::Kind::NotFound) return now.error();
    out[file] = now ? std::optional(std::move(*now)) : std::nullopt;
  }
  return out;
}

ph::Status Changes::write(const Texts& texts) const {
  for (const auto& [file, text] : texts) {
    const auto path = pathOf(file);
    if (!path) return path.error();
    auto s = text ? replaceFile(*path, *text) : removeFile(*path);
    if (!s && (text || s.error().kind != ph::Kind::NotFound)) return s;
  }
  return {};
}

ph::Result<Value> Changes::carryOut(const Texts& texts, bool preview) {
  const auto before = current(texts);
  if (!before) return before.error();
  Value files = Value::list();
  std::string all;
  config::Overlay overlay;
  for (const auto& [file, text] : texts) {
    const auto& old = before->at(file);
    if (old == text) continue;
    files.add(file);
    all += difference(file, old.value_or(""), text.value_or(""));
    overlay[*pathOf(file)] = text;
  }
  Value out = Value::object({{"files", files}, {"difference", all}, {"applied", false}});
  if (overlay.empty()) return out;
  const auto next = config::load(core_.config()->file, overlay);
  if (!next) return next.error();
  if (const auto directory = accounts::Directory::build(*next); !directory) return directory.error();
  if (auto s = core_.check(*next); !s) return s.error();
  // What stays as it is until then.
  out.set("restart", config::restartNeeded(*core_.config(), *next));
  if (preview) return out;

  if (auto s = write(texts); !s) {
    (void)write(*before);
    return s.error();
  }
  if (auto s = core_.reload(); !s) {
    if (auto back = write(*before); !back)
      return ph::Error{ph::Kind::Temporary, s.error().text + "\nand the files can't be put back: " + back.error().text};
    return s.error();
  }
  Value undo = Value::list();
  for (const auto& [file, text] : texts)
    undo.add(Value::object({{"file", file}, {"before", toJson(before->at(file))}, {"after", toJson(text)}}));
  if (auto s = replaceFile(undoFile_, json::text(Value::object({{"files", std::move(undo)}}))); !s) return s.error();
  return out.set("applied", true);
}

ph::Result<Value> Changes::apply(const Edit& edit, bool preview) {
  std::lock_guard lock(mutex_);
  const auto texts = edit(*this);
  return texts ? carryOut(*texts, preview) : ph::Result<Value>(texts.error());
}

ph::Result<Value> Changes::undo(bool preview) {
  std::lock_guard lock(mutex_);
  const auto last = readJson(undoFile_);
  if (!last) return last.error();
  if (last->isNull()) return ph::Error{ph::Kind::NotFound, "there is no change to undo"};
  Texts wanted, found;
  for (const auto& item : (*last)["files"].items()) {
    wanted[item["file"].string()] = fromJson(item["before"]);
    found[item["file"].string()] = fromJson(item["after"]);
  }
  const auto now = current(wanted);
  if (!now) return now.error();
  for (const auto& [file, text] : *now) {
    if (text != found[file]) return ph::Error{ph::Kind::Conflict, file + " has been changed since"};
  }
  return carryOut(wanted, preview);
}

ph::Result<std::string> withValue(const std::string& text, const std::string& path, const Value& value) {
  const auto steps = config::edit::parsePath(path);
  if (!steps) return steps.error();
  if (!value.isNull()) return config::edit::set(text, *steps, value);
  auto without = config::edit::remove(text, *steps);
  return without || without.error().kind != ph::Kind::NotFound ? without : ph::Result<std::string>(text);
}

Changes::Edit setting(std::string file, std::string path, Value value) {
  return [file = std::move(file), path = std::move(path),
          value = std::move(value)](const Changes& changes) -> ph::Result<Changes::Texts> {
    const auto steps = config::edit::parsePath(path);
    if (!steps) return steps.error();
    const auto text = changes.text(file);
    if (!text) return text.error();
    auto next = value.isNull() ? config::edit::remove(*text, *steps) : config::edit::set(*text, *steps, value);
    if (!next) return next.error();
    return Changes::Texts{{file, std::move(*next)}};
  };
}

}  // namespace posthouse::admin
