#include "ph/draft/host/config.h"

#include "abi/tables.hpp"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

using config::Node;

ph_status find(const ph_config* c, const char* path, Node::Type type, const Node** out) {
  const Node* n = c->node.find(path);
  if (!n) return PH_E_NOT_FOUND;
  if (n->type != type) return PH_E_INVALID;
  *out = n;
  return PH_OK;
}

ph_status getString(const ph_config* c, const char* path, ph_str* out) {
  const Node* n = nullptr;
  const ph_status s = find(c, path, Node::Type::String, &n);
  if (s == PH_OK) *out = ph::str(n->string);
  return s;
}

ph_status getInt(const ph_config* c, const char* path, int64_t* out) {
  const Node* n = nullptr;
  const ph_status s = find(c, path, Node::Type::Int, &n);
  if (s == PH_OK) *out = n->integer;
  return s;
}

ph_status getBool(const ph_config* c, const char* path, int32_t* out) {
  const Node* n = nullptr;
  const ph_status s = find(c, path, Node::Type::Bool, &n);
  if (s == PH_OK) *out = n->boolean ? 1 : 0;
  return s;
}

ph_status getDuration(const ph_config* c, const char* path, int64_t* out) {
  const Node* n = nullptr;
  const ph_status s = find(c, path, Node::Type::String, &n);
  if (s != PH_OK) return s;
  return config::parseDuration(n->string, out) ? PH_OK : PH_E_INVALID;
}

ph_status getSize(const ph_config* c, const char* path, uint64_t* out) {
  const Node* n = nullptr;
  const ph_status s = find(c, path, Node::Type::String, &n);
  if (s != PH_OK) return s;
  return config::parseSize(n->string, out) ? PH_OK : PH_E_INVALID;
}

ph_status listSize(const ph_config* c, const char* path, size_t* out) {
  const Node* n = nullptr;
  const ph_status s = find(c, path, Node::Type::List, &n);
  if (s == PH_OK) *out = n->list.size();
  return s;
}

ph_status listString(const ph_config* c, const char* path, size_t index, ph_str* out) {
  const Node* n = nullptr;
  const ph_status s = find(c, path, Node::Type::List, &n);
  if (s != PH_OK) return s;
  if (index >= n->list.size()) return PH_E_NOT_FOUND;
  if (n->list[index].type != Node::Type::String) return PH_E_INVALID;
  *out = ph::str(n->list[index].string);
  return PH_OK;
}

ph_status hostname(const ph_host* host, ph_str* out) {
  *out = ph::str(plugin::Instance::of(host)->core().hostname);
  return PH_OK;
}

}  // namespace

const void* configTable() {
  static const ph_config_api table = {sizeof(ph_config_api), 0,       getString, getInt,     getBool,
                                      getDuration,           getSize, listSize,  listString, hostname};
  return &table;
}

}  // namespace posthouse::abi
