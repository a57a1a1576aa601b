// Small operations on the store's values.
#include "store/types.hpp"

#include <algorithm>

namespace posthouse::store {

bool contains(const UidSet& set, Uid uid) {
  const auto it = std::lower_bound(set.begin(), set.end(), uid, [](const UidRange& r, Uid u) { return r.last < u; });
  return it != set.end() && it->first <= uid;
}

}  // namespace posthouse::store
