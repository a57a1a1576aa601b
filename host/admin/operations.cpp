#include "admin/operation.hpp"

namespace posthouse::admin {

extern const Operation kServerStatus;
extern const Operation kAccountList;
extern const Operation kPluginList;

const std::vector<const Operation*>& operations() {
  static const std::vector<const Operation*> kAll = {
      &kServerStatus,
      &kAccountList,
      &kPluginList,
  };
  return kAll;
}

}  // namespace posthouse::admin
