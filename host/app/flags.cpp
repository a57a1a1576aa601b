#include "app/flags.hpp"

#include <Poco/Util/Option.h>
#include <Poco/Util/OptionException.h>
#include <Poco/Util/OptionProcessor.h>
#include <Poco/Util/OptionSet.h>

namespace posthouse::app {

ph::Result<Flags> parseFlags(const std::vector<std::string>& args, const std::vector<FlagSpec>& known) {
  Poco::Util::OptionSet set;
  for (const auto& spec : known) {
    Poco::Util::Option option(spec.name, "");
    if (spec.takesValue) option.argument("value");
    set.addOption(option);
  }
  Poco::Util::OptionProcessor processor(set);
  processor.setUnixStyle(true);
  Flags out;
  try {
    for (const auto& arg : args) {
      std::string name;
      std::string value;
      if (processor.process(arg, name, value)) {
        if (!name.empty()) out.values[name] = value;
      } else {
        out.words.push_back(arg);
      }
    }
    processor.checkRequired();
  } catch (const Poco::Exception& e) {
    return ph::Error{ph::Kind::Invalid, e.displayText()};
  }
  return out;
}

}  // namespace posthouse::app
