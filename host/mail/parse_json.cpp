#include "mail/parse_json.hpp"

#include "mail/json_text.hpp"
#include "ph/charset/words.hpp"
#include "ph/header/block.hpp"
#include "ph/mime/decode.hpp"
#include "ph/mime/parse.hpp"

namespace posthouse::mail {
namespace {

using ph::mime::Part;
using ph::mime::PartIndex;

void addParameters(JsonText& json, std::string_view key, const ph::mime::Parameters& parameters) {
  json.beginObject(key);
  for (const auto& p : parameters.decoded()) json.add(p.name, p.value);
  json.endObject();
}

void addOptional(JsonText& json, std::string_view key, std::string_view text) {
  if (!text.empty()) json.add(key, text);
}

// At most ph::mime::kMaxDepth levels deep.
void addPart(JsonText& json, std::string_view key, std::string_view message, const ph::mime::Tree& tree,
             PartIndex index) {
  const Part& p = tree.parts[index];
  json.beginObject(key);
  json.add("type", p.type + "/" + p.subtype);
  addParameters(json, "parameters", p.parameters);
  json.add("encoding", p.encodingName.empty() ? ph::mime::encodingName(p.encoding) : std::string_view(p.encodingName));
  if (p.type == "text") json.add("charset", tree.charset(index));
  addOptional(json, "disposition", p.disposition);
  if (!p.dispositionParameters.empty()) addParameters(json, "disposition_parameters", p.dispositionParameters);
  addOptional(json, "filename", tree.filename(index));
  addOptional(json, "id", p.id);
  addOptional(json, "description", ph::charset::decodeWords(p.description));
  addOptional(json, "location", p.location);
  addOptional(json, "md5", p.md5);
  if (!p.languages.empty()) {
    json.beginArray("languages");
    for (const auto& l : p.languages) json.addItem(l);
    json.endArray();
  }
  json.add("header_offset", p.headerStart);
  json.add("header_size", p.bodyStart - p.headerStart);
  json.add("body_offset", p.bodyStart);
  json.add("body_size", p.bodySize());
  json.add("lines", p.lines);
  if (p.opaque) json.addFlag("opaque", true);
  if (p.firstChild == ph::mime::kNoPart) {
    const auto size = ph::mime::decodedSize(message, p);
    if (size) json.add("decoded_size", *size);
  }
  json.beginArray("children");
  for (PartIndex c = p.firstChild; c != ph::mime::kNoPart; c = tree.parts[c].nextSibling)
    addPart(json, {}, message, tree, c);
  json.endArray();
  json.endObject();
}

}  // namespace

std::string partTreeJson(std::string_view message) {
  const ph::mime::Tree tree = ph::mime::parse(message);
  const ph::header::Block header(message);
  JsonText json;
  json.beginObject();
  json.add("size", message.size());
  json.beginObject("headers");
  for (const char* name : {"From", "To", "Cc", "Subject"}) {
    if (header.find(name)) json.add(name, ph::charset::decodeWords(header.value(name)));
  }
  for (const char* name : {"Date", "Message-ID"}) {
    if (header.find(name)) json.add(name, header.value(name));
  }
  json.endObject();
  addPart(json, "root", message, tree, 0);
  json.beginArray("problems");
  for (const auto& p : tree.problems) {
    json.beginObject();
    json.add("offset", p.offset);
    json.add("text", p.text);
    json.endObject();
  }
  json.endArray();
  json.endObject();
  return json.take();
}

}  // namespace posthouse::mail
