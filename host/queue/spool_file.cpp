#include "queue/spool_file.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "ph/draft/host/pipeline.h"

namespace posthouse::queue {

using Poco::JSON::Array;
using Poco::JSON::Object;

namespace {

constexpr std::array<std::pair<uint32_t, const char*>, 6> kFlags{{{PH_MAIL_SMTPUTF8, "smtputf8"},
                                                                  {PH_MAIL_8BITMIME, "8bitmime"},
                                                                  {PH_MAIL_BINARYMIME, "binarymime"},
                                                                  {PH_MAIL_REQUIRETLS, "requiretls"},
                                                                  {PH_MAIL_TLS_OPTIONAL, "tls_optional"},
                                                                  {PH_MAIL_BY_TRACE, "by_trace"}}};

}  // namespace

std::string encodeEnvelope(const Envelope& e) {
  Object o;
  o.set("version", 1);
  o.set("id", e.id);
  o.set("account", e.account);
  o.set("reverse_path", e.reversePath);
  o.set("queued_at", e.queuedAt);
  if (e.holdUntil != 0) o.set("hold_until", e.holdUntil);
  if (e.connection != 0) o.set("connection", e.connection);
  if (e.ret != 0) o.set("ret", e.ret);
  if (!e.envid.empty()) o.set("envid", e.envid);
  if (e.deliverBy != 0) {
    o.set("deliver_by", e.deliverBy);
    o.set("by_mode", std::string(1, static_cast<char>(e.byMode)));
  }
  if (e.priority != 0) o.set("priority", e.priority);
  if (e.notification) o.set("notification", true);
  Array::Ptr parameters = new Array;
  for (const auto& [flag, name] : kFlags) {
    if (e.flags & flag) parameters->add(name);
  }
  o.set("parameters", parameters);
  Array::Ptr rcpts = new Array;
  for (const auto& r : e.rcpts) {
    Object::Ptr item = new Object;
    item->set("forward_path", r.forwardPath);
    item->set("account", r.account);
    item->set("number", r.number);
    if (r.notify != 0) item->set("notify", r.notify);
    if (!r.orcpt.empty()) item->set("orcpt", r.orcpt);
    if (!r.returnTo.empty()) item->set("return_to", r.returnTo);
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
    e.queuedAt = o->getValue<int64_t>("queued_at");
    e.holdUntil = o->optValue<int64_t>("hold_until", 0);
    e.connection = o->optValue<uint64_t>("connection", 0);
    e.ret = o->optValue<int32_t>("ret", 0);
    e.envid = o->optValue<std::string>("envid", "");
    e.deliverBy = o->optValue<int64_t>("deliver_by", 0);
    if (e.deliverBy != 0) e.byMode = o->optValue<std::string>("by_mode", "N").c_str()[0];
    e.priority = o->optValue<int32_t>("priority", 0);
    e.notification = o->optValue<bool>("notification", false);
    for (const auto& v : *o->getArray("parameters")) {
      const auto flag = std::find_if(kFlags.begin(), kFlags.end(), [&](const auto& f) { return v == f.second; });
      // A demand this version does not know can't be kept.
      if (flag == kFlags.end()) return ph::Error{ph::Kind::Invalid, "unknown parameter " + v.toString()};
      e.flags |= flag->first;
    }
    for (const auto& v : *o->getArray("recipients")) {
      const auto item = v.extract<Object::Ptr>();
      e.rcpts.push_back({item->getValue<std::string>("forward_path"), item->getValue<std::string>("account"),
                         item->getValue<uint32_t>("number"), item->optValue<uint32_t>("notify", 0),
                         item->optValue<std::string>("orcpt", ""), item->optValue<std::string>("return_to", "")});
    }
    return e;
  } catch (const Poco::Exception& e) {
    return ph::Error{ph::Kind::Invalid, "damaged spool file: " + e.displayText()};
  }
}

}  // namespace posthouse::queue
