// What operations that change the configuration have in common. Threads: as handlers.
#pragma once

#include "admin/changes.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {

// The parameter "preview", and what they answer.
Param previewParam();
Shape changeResult(std::vector<Field> more = {});
// Carries the edit out, or previews it.
Answer change(Call& call, const Changes::Edit& edit);
// Of one value of one file; null removes it.
Answer changeValue(Call& call, const std::string& file, const std::string& path, json::Value value);

// The file of a configured account or domain, as Changes names it. NotFound.
ph::Result<std::string> accountFile(const Core& core, const std::string& account);
ph::Result<std::string> domainFile(const Core& core, const std::string& domain);

}  // namespace posthouse::admin
