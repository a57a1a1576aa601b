#include "admin/openapi.hpp"

#include "admin/http_face.hpp"
#include "admin/progress_lines.hpp"
#include "base/version.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Value schemaOf(Param::Type type) {
  switch (type) {
    case Param::Type::String:
      return Value::object({{"type", "string"}});
    case Param::Type::Int:
    case Param::Type::Time:
      return Value::object({{"type", "integer"}});
    case Param::Type::Bool:
      return Value::object({{"type", "boolean"}});
    case Param::Type::List:
      return Value::object({{"type", "array"}, {"items", Value::object({{"type", "string"}})}});
    case Param::Type::File:
      return Value::object({{"type", "string"}, {"contentEncoding", "base64"}});
    case Param::Type::Any:
      break;
  }
  return Value::object();
}

Value schemaOf(const Param& p) {
  Value out = schemaOf(p.type);
  if (!p.allowed.empty()) {
    Value allowed = Value::list();
    for (const char* a : p.allowed) allowed.add(a);
    out.set("enum", std::move(allowed));
  }
  return out;
}

Value answerSchema(const Shape& shape) {
  Value properties = Value::object();
  for (const auto& f : shape.fields) {
    Value field = schemaOf(f.type);
    field.set("description", f.type == Param::Type::Time ? std::string(f.help) + " Unix seconds." : f.help);
    properties.set(f.name, std::move(field));
  }
  Value one = Value::object({{"type", "object"}, {"properties", std::move(properties)}});
  if (shape.kind == Shape::Kind::One) return one;
  Value items = Value::object({{"type", "array"}, {"items", std::move(one)}});
  return Value::object({{"type", "object"},
                        {"required", std::vector<std::string>{"items"}},
                        {"properties", Value::object({{"items", std::move(items)}})}});
}

Value contentOf(Value schema) {
  return Value::object({{"application/json", Value::object({{"schema", std::move(schema)}})}});
}

Value bytesContent() {
  const Value schema = Value::object({{"type", "string"}, {"format", "binary"}});
  return Value::object({{"application/octet-stream", Value::object({{"schema", schema}})}});
}

Value describe(const Operation& o) {
  Value out = Value::object({{"operationId", o.name}, {"summary", o.help}, {"x-role", roleName(o.role)}});
  const bool inQuery = o.method == Method::Get || o.method == Method::Delete || o.rawBody;
  Value parameters = Value::list(), properties = Value::object(), required = Value::list();
  for (const auto& p : o.params) {
    const bool inPath = o.inPath(p);
    if (inPath || inQuery) {
      parameters.add(Value::object({{"name", p.name},
                                    {"in", inPath ? "path" : "query"},
                                    {"required", p.required()},
                                    {"description", p.help},
                                    {"schema", schemaOf(p)}}));
      continue;
    }
    Value property = schemaOf(p);
    properties.set(p.name, property.set("description", p.help));
    if (p.required()) required.add(p.name);
  }
  if (!parameters.items().empty()) out.set("parameters", std::move(parameters));
  if (o.rawBody) out.set("requestBody", Value::object({{"required", true}, {"content", bytesContent()}}));
  if (!properties.members().empty()) {
    Value schema =
        Value::object({{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}});
    const bool needed = !required.items().empty();
    if (needed) schema.set("required", std::move(required));
    out.set("requestBody", Value::object({{"required", needed}, {"content", contentOf(std::move(schema))}}));
  }
  Value content = o.result.bytes ? bytesContent() : contentOf(answerSchema(o.result));
  if (o.tells) {
    content.set(ProgressLines::kType,
                Value::object({{"schema", Value::object({{"type", "string"},
                                                         {"description",
                                                          "If this is acceptable and it takes long: lines "
                                                          "of JSON with progress, the last one with "
                                                          "result or error."}})}}));
  }
  const Value error = Value::object({{"$ref", "#/components/responses/Error"}});
  out.set("responses",
          Value::object({{"200", Value::object({{"description", "Done."}, {"content", std::move(content)}})},
                         {"default", error}}));
  return out;
}

Value errorResponse() {
  const auto field = [](const char* type, const char* help) {
    return Value::object({{"type", type}, {"description", help}});
  };
  Value properties =
      Value::object({{"code", field("string", "For programs.")},
                     {"message", field("string", "For people; several problems stand on several lines.")},
                     {"file", field("string", "Of the configuration, when that is at fault.")},
                     {"line", field("integer", "In this file.")},
                     {"column", field("integer", "In this line.")}});
  return Value::object({{"description", "It did not work."},
                        {"content", contentOf(Value::object({{"type", "object"},
                                                             {"required", std::vector<std::string>{"code", "message"}},
                                                             {"properties", std::move(properties)}}))}});
}

}  // namespace

Value openApi(const std::vector<const Operation*>& operations) {
  Value paths = Value::object();
  const std::string base(HttpFace::kBase, std::string_view(HttpFace::kBase).size() - 1);
  for (const auto* o : operations) {
    const std::string path = base + o->path;
    Value item = paths[path];
    item.set(ph::text::toLower(methodName(o->method)), describe(*o));
    paths.set(path, std::move(item));
  }
  return Value::object(
      {{"openapi", "3.1.0"},
       {"info", Value::object({{"title", "Posthouse administration"}, {"version", kVersion}})},
       {"security", Value::list().add(Value::object({{"token", Value::list()}}))},
       {"paths", std::move(paths)},
       {"components",
        Value::object(
            {{"securitySchemes", Value::object({{"token", Value::object({{"type", "http"}, {"scheme", "bearer"}})}})},
             {"responses", Value::object({{"Error", errorResponse()}})}})}});
}

}  // namespace posthouse::admin
