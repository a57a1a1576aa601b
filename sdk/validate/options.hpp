// A plugin's options as its manifest gives them, put into the fake host.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ph/result.hpp"
#include "testkit/fake_host.hpp"
#include "validate/json.hpp"

namespace ph::validate {

using Settings = std::vector<std::pair<std::string, std::string>>;  // dotted path, value

// The defaults of the schema, and over them `settings`. Invalid: a default or setting that its type does not allow.
Status applyOptions(const Json& schema, const Settings& settings, testkit::FakeHost& host);

}  // namespace ph::validate
