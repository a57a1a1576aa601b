// Cold columns of a message, see describe.hpp.
#include "store/describe.hpp"

namespace posthouse::store {

Description describe(std::string_view) { return {}; }

}  // namespace posthouse::store
