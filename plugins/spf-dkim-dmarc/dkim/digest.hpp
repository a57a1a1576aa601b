// SHA-1 and SHA-256, fetched once. Threads: any.
#pragma once

#include <openssl/evp.h>

#include <string>
#include <string_view>

#include "dkim/algorithm.hpp"

namespace ph_mailauth::dkim {

const EVP_MD* md(Hash hash);
std::string digestOf(Hash hash, std::string_view data);

}  // namespace ph_mailauth::dkim
