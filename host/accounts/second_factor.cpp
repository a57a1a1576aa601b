#include "accounts/second_factor.hpp"

#include <openssl/rand.h>

#include <algorithm>

#include "accounts/totp.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::accounts {
namespace {

const ph::Error kWrong{ph::Kind::Denied, "the code is wrong, or was used before"};

ph::Result<std::string> random(size_t size) {
  std::string out(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(size)) != 1)
    return ph::Error{ph::Kind::Temporary, "no randomness"};
  return out;
}

// "abcd-efgh-ijkl-mnop": 80 bits, so that a plain hash of it is enough. People may leave out the dashes.
std::string plain(std::string_view code) {
  std::string out;
  for (const char c : code) {
    if (c != '-' && c != ' ') out += ph::text::upper(c);
  }
  return out;
}

std::string shown(const std::string& code) {
  std::string out;
  for (size_t i = 0; i < code.size(); ++i) {
    if (i > 0 && i % 4 == 0) out += '-';
    out += ph::text::lower(code[i]);
  }
  return out;
}

}  // namespace

ph::Result<std::string> SecondFactor::enrol(const std::string& account) {
  auto secret = random(kTotpSecret);
  if (!secret) return secret.error();
  const auto s = accounts_.changeCredentials(account, [&](Credentials& c) -> ph::Status {
    if (c.totp && c.totp->confirmed)
      return ph::Error{ph::Kind::Conflict, "there is a second factor already; remove it first"};
    c.totp = Totp{*secret, false, 0, {}};
    return {};
  });
  return s ? secret : ph::Result<std::string>(s.error());
}

ph::Result<std::vector<std::string>> SecondFactor::confirm(const std::string& account, std::string_view code,
                                                           int64_t now) {
  if (waits(account)) return ph::Error{ph::Kind::Limit, "too many wrong codes; try again later"};
  std::vector<std::string> codes;
  const auto s = accounts_.changeCredentials(account, [&](Credentials& c) -> ph::Status {
    if (!c.totp || c.totp->confirmed) return ph::Error{ph::Kind::NotFound, "there is nothing to confirm"};
    const auto step = totpStep(c.totp->secret, code, now, c.totp->lastStep);
    if (!step) return kWrong;
    c.totp->confirmed = true;
    c.totp->lastStep = *step;
    for (size_t i = 0; i < kRecoveryCodes; ++i) {
      const auto bytes = random(10);
      if (!bytes) return bytes.error();
      const std::string made = base32(*bytes);
      c.totp->recovery.push_back(appPasswordHash(made));
      codes.push_back(shown(made));
    }
    return {};
  });
  if (s) return codes;
  if (s.error().kind == ph::Kind::Denied) failed(account);
  return s.error();
}

ph::Status SecondFactor::remove(const std::string& account) {
  return accounts_.changeCredentials(account, [](Credentials& c) -> ph::Status {
    if (!c.totp) return ph::Error{ph::Kind::NotFound, "the account has no second factor"};
    c.totp.reset();
    return {};
  });
}

ph::Result<SecondFactor::State> SecondFactor::state(const std::string& account) const {
  const auto c = accounts_.readCredentialsOf(account);
  if (!c) return c.error();
  if (!c->totp) return State{};
  return State{true, c->totp->confirmed, c->totp->recovery.size()};
}

ph::Status SecondFactor::check(const std::string& account, std::string_view code, int64_t now) {
  if (waits(account)) return ph::Error{ph::Kind::Limit, "too many wrong codes; try again later"};
  const auto s = accounts_.changeCredentials(account, [&](Credentials& c) -> ph::Status {
    if (!c.totp || !c.totp->confirmed) return {};
    if (const auto step = totpStep(c.totp->secret, code, now, c.totp->lastStep)) {
      c.totp->lastStep = *step;
      return {};
    }
    const auto used = std::find(c.totp->recovery.begin(), c.totp->recovery.end(), appPasswordHash(plain(code)));
    if (used == c.totp->recovery.end()) return kWrong;
    c.totp->recovery.erase(used);
    return {};
  });
  if (!s && s.error().kind == ph::Kind::Denied) failed(account);
  if (!s) return s;
  std::lock_guard lock(mutex_);
  failures_.erase(account);
  return {};
}

bool SecondFactor::waits(const std::string& account) {
  std::lock_guard lock(mutex_);
  const auto i = failures_.find(account);
  if (i == failures_.end()) return false;
  if (i->second.until < Clock::now()) {
    failures_.erase(i);
    return false;
  }
  return i->second.count >= kMaxFailures;
}

void SecondFactor::failed(const std::string& account) {
  std::lock_guard lock(mutex_);
  auto& f = failures_[account];
  ++f.count;
  f.until = Clock::now() + kWait;
}

}  // namespace posthouse::accounts
