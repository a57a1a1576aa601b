#include "queue/spool_file.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <sstream>

namespace posthouse::queue {

using Poco::JSON::Array;
using Poco::JSON::Object;

std::string encodeEnvelope(const Envelope& e) {
  Object o;
  o.set("version", 1);
  o.set("id", e.id);
  o.set("account", e.account);
  o.set("reverse_path", e.reversePath);
  o.set("smtputf8", e.smtpUtf8);
  o.set("queued_at", e.queuedAt);
  Array::Ptr rcpts = new Array;
  for (const auto& r : e.rcpts) {
    Object::Ptr item = new Object;
    item->set("forward_path", r.forwardPath);
    item->set("account", r.account);
    item->set("number", r.number);
    rcpts->add(item);
  }
  o.set("recipients", rcpts);
  std::ostringstream out;
  o.stringify(out);
  return out.str() + "\n";
}

ph::Result<Envelope> decodeEnvelope(std::string_view line) {
  try {
    Poco::JSON::Parser parser;
    const auto o = parser.parse(std::string(line)).extract<Object::Ptr>();
    if (o->getValue<int>("version") != 1) return ph::Error{ph::Kind::Invalid, "made by a newer version"};
    Envelope e;
    e.id = o->getValue<std::string>("id");
    e.account = o->getValue<std::string>("account");
    e.reversePath = o->getValue<std::string>("reverse_path");
    e.smtpUtf8 = o->getValue<bool>("smtputf8");
    e.queuedAt = o->getValue<int64_t>("queued_at");
    for (const auto& v : *o->getArray("recipients")) {
      const auto item = v.extract<Object::Ptr>();
      e.rcpts.push_back({item->getValue<std::string>("forward_path"), item->getValue<std::string>("account"),
                         item->getValue<uint32_t>("number")});
    }
    return e;
  } catch (const Poco::Exception& e) {
    return ph::Error{ph::Kind::Invalid, "damaged spool file: " + e.displayText()};
  }
}

}  // namespace posthouse::queue
