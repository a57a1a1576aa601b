#include "base/memory_budget.hpp"

namespace posthouse {

MemoryBudget& MemoryBudget::get() {
  static MemoryBudget budget;
  return budget;
}

}  // namespace posthouse
