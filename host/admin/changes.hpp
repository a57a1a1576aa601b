// Changes of the configuration files of a running server: judged as a whole, written, put in force, undone.
// Guarantees: one at a time; what is refused, now or by the reload, leaves every file as it was; the last one can be
// undone as long as nobody else has changed its files. Threads: any.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "admin/core.hpp"
#include "json/value.hpp"

namespace posthouse::admin {

class Changes {
 public:
  // `undoFile`: where the bytes before the last change are kept.
  Changes(Core& core, std::string undoFile) : core_(core), undoFile_(std::move(undoFile)) {}

  // Files by their names below the configuration's folder ("accounts/ann.toml"); nothing: removed.
  using Texts = std::map<std::string, std::optional<std::string>>;
  // Makes the new texts from what is there; called once, with the files locked.
  using Edit = std::function<ph::Result<Texts>(const Changes&)>;
  // {"files", "difference", "applied"}. `preview`: only says what would change.
  ph::Result<json::Value> apply(const Edit& edit, bool preview);
  // Puts back what the last change replaced; that can be undone too.
  ph::Result<json::Value> undo(bool preview);

  // A file of the configuration. NotFound; Invalid: not a name of one.
  ph::Result<std::string> text(const std::string& file) const;
  // The name of posthouse.toml.
  std::string mainFile() const;

 private:
  ph::Result<std::string> pathOf(const std::string& file) const;
  ph::Result<json::Value> carryOut(const Texts& texts, bool preview);
  ph::Status write(const Texts& texts) const;
  ph::Result<Texts> current(const Texts& names) const;

  Core& core_;
  const std::string undoFile_;
  std::mutex mutex_;
};

// A text with one value set, or (null) removed if it is there.
ph::Result<std::string> withValue(const std::string& text, const std::string& path, const json::Value& value);
// For most: one value of one file set, or (null) removed.
Changes::Edit setting(std::string file, std::string path, json::Value value);

}  // namespace posthouse::admin
