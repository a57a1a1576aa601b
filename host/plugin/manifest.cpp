#include "plugin/manifest.hpp"

#include <Poco/DigestEngine.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <Poco/SHA2Engine.h>

#include <fstream>
#include <sstream>

namespace posthouse::plugin {
namespace {

using Poco::JSON::Object;

ph::Result<std::string> readFile(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) return ph::Error{ph::Kind::NotFound, file + ": cannot be read"};
  return text.str();
}

std::string sha256(const std::string& text) {
  Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
  engine.update(text);
  return Poco::DigestEngine::digestToHex(engine.digest());
}

std::vector<std::string> strings(const Object::Ptr& o, const char* key) {
  std::vector<std::string> out;
  if (!o || !o->has(key)) return out;
  for (const auto& v : *o->getArray(key)) out.push_back(v.convert<std::string>());
  return out;
}

}  // namespace

ph::Result<std::string> fileSha256(const std::string& file) {
  auto text = readFile(file);
  if (!text) return text.error();
  return sha256(*text);
}

ph::Result<Manifest> readManifest(const std::string& file) {
  auto text = readFile(file);
  if (!text) return text.error();
  try {
    Poco::JSON::Parser parser;
    const auto o = parser.parse(*text).extract<Object::Ptr>();
    Manifest m;
    m.file = file;
    m.sha256 = sha256(*text);
    m.id = o->getValue<std::string>("id");
    m.version = o->getValue<std::string>("version");
    m.title = o->optValue<std::string>("title", m.id);
    m.summary = o->optValue<std::string>("summary", "");
    m.license = o->optValue<std::string>("license", "");
    m.required = strings(o, "requires");
    m.used = strings(o, "uses");
    m.drafts = strings(o, "drafts");
    m.protocols = strings(o->getObject("contributes"), "protocols");
    m.commands = strings(o->getObject("contributes"), "commands");
    m.factsProvided = strings(o->getObject("facts"), "provides");
    m.factsWanted = strings(o->getObject("facts"), "wants");
    std::ostringstream schema;
    if (o->has("config")) {
      o->getObject("config")->stringify(schema);
    } else {
      schema << R"({"type": "object", "properties": {}})";
    }
    m.configSchema = schema.str();
    return m;
  } catch (const Poco::Exception& e) {
    return ph::Error{ph::Kind::Invalid, file + ": " + e.displayText()};
  }
}

}  // namespace posthouse::plugin
