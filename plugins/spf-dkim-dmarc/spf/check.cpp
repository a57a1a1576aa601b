#include "spf/check.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "ph/text/ascii.hpp"
#include "spf/record.hpp"

namespace ph_mailauth {

namespace {

using Mechanism = SpfDirective::Mechanism;
using ph::DnsType;

constexpr unsigned kMaxTerms = 10;  // RFC 7208 4.6.4
constexpr unsigned kMaxVoids = 2;
constexpr size_t kMaxNames = 10;
constexpr size_t kMaxExplanation = 450;

enum class Match { Yes, No, TempError, PermError };

SpfStatus statusOf(char qualifier) {
  switch (qualifier) {
    case '-':
      return SpfStatus::Fail;
    case '~':
      return SpfStatus::SoftFail;
    case '?':
      return SpfStatus::Neutral;
    default:
      return SpfStatus::Pass;
  }
}

bool isSameOrBelow(std::string_view name, std::string_view domain) {
  if (name.size() < domain.size()) return false;
  const auto tail = name.substr(name.size() - domain.size());
  return ph::text::equalsNoCase(tail, domain) &&
         (name.size() == domain.size() || name[name.size() - domain.size() - 1] == '.');
}

// Explanations go into replies: RFC 7208 6.2 limits them to ASCII.
std::string printable(std::string text) {
  for (char& c : text) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  text.resize(std::min(text.size(), kMaxExplanation));
  return text;
}

class Evaluation {
 public:
  Evaluation(const SpfQuery& query, Resolver& resolver) : query_(query), resolver_(resolver) {
    const size_t at = query.sender.rfind('@');
    values_.localpart = at == std::string::npos || at == 0 ? "postmaster" : query.sender.substr(0, at);
    values_.origin = at == std::string::npos ? query.domain : query.sender.substr(at + 1);
    values_.sender = values_.localpart + "@" + values_.origin;
    values_.ip = query.ip;
    values_.helo = query.helo;
    values_.receiver = query.receiver;
    values_.now = query.now;
    values_.validatedName = [this] { return validatedName(); };
  }

  SpfResult run() {
    result_.status = check(query_.domain, true);
    if (result_.status != SpfStatus::Fail) result_.explanation.clear();
    return std::move(result_);
  }

 private:
  // check_host() for `domain`; `top`: not within an include, whose explanation and matches say nothing to the outside.
  SpfStatus check(const std::string& domain, bool top) {
    if (dnsText(domain).empty() || domain.find('.') == std::string::npos || domain.front() == '[') {
      return SpfStatus::None;  // RFC 7208 4.3
    }
    const auto answer = resolver_.ask(domain, DnsType::Txt);
    if (answer.temporary()) return error(SpfStatus::TempError, "no answer for the record of " + domain);
    const std::string* text = nullptr;
    for (const auto& record : answer.records) {
      if (!SpfRecord::is(record.value)) continue;
      if (text) return error(SpfStatus::PermError, domain + " has several records");
      text = &record.value;
    }
    if (!text) return SpfStatus::None;
    if (top && domain == query_.domain) result_.secure = answer.security == ph::DnsAnswer::Security::Secure;
    const auto record = SpfRecord::parse(*text);
    if (!record) return error(SpfStatus::PermError, "syntax error: " + printable(record.error().text));
    return evaluate(*record, domain, top);
  }

  SpfStatus evaluate(const SpfRecord& record, const std::string& domain, bool top) {
    values_.domain = domain;
    for (const auto& directive : record.directives) {
      const Match match = matches(directive, domain);
      values_.domain = domain;  // an include had another one
      if (match == Match::No) continue;
      if (match == Match::TempError) return SpfStatus::TempError;
      if (match == Match::PermError) return SpfStatus::PermError;
      const auto status = statusOf(directive.qualifier);
      if (top) {
        result_.mechanism = directive.text;
        if (status == SpfStatus::Fail && record.explanation) explain(*record.explanation);
      }
      return status;
    }
    if (record.redirect) return redirect(*record.redirect, top);
    if (top) result_.mechanism = "default";
    return SpfStatus::Neutral;
  }

  SpfStatus redirect(const MacroString& target, bool top) {
    if (!takeTerm()) return SpfStatus::PermError;
    const std::string domain = target.expandName(values_);
    const auto status = check(domain, top);
    return status == SpfStatus::None ? error(SpfStatus::PermError, "redirect: no record at " + printable(domain))
                                     : status;
  }

  Match matches(const SpfDirective& d, const std::string& domain) {
    switch (d.mechanism) {
      case Mechanism::All:
        return Match::Yes;
      case Mechanism::Ip4:
      case Mechanism::Ip6:
        return d.network.contains(query_.ip) ? Match::Yes : Match::No;
      default:
        break;
    }
    if (!takeTerm()) return Match::PermError;
    // RFC 8616 4: such a local-part is no label.
    if (d.target && d.target->uses("sl") && !ph::text::isAscii(values_.localpart)) return Match::No;
    failed_ = Match::No;
    const std::string target = d.target ? d.target->expandName(values_) : domain;
    if (failed_ == Match::PermError) return failed_;  // %{p} asked in vain too often
    switch (d.mechanism) {
      case Mechanism::Include:
        return include(target);
      case Mechanism::A:
        return address(target, d);
      case Mechanism::Mx:
        return exchangers(target, d);
      case Mechanism::Ptr:
        return reverse(target);
      default:
        return exists(target);
    }
  }

  // RFC 7208 5.2.
  Match include(const std::string& target) {
    switch (check(target, false)) {
      case SpfStatus::Pass:
        return Match::Yes;
      case SpfStatus::TempError:
        return Match::TempError;
      case SpfStatus::None:
        error(SpfStatus::PermError, "include: no record at " + printable(target));
        return Match::PermError;
      case SpfStatus::PermError:
        return Match::PermError;
      default:
        return Match::No;
    }
  }

  Match exists(const std::string& target) {
    const auto answer = ask(target, DnsType::A);
    if (failed_ != Match::No) return failed_;
    return answer.found() ? Match::Yes : Match::No;
  }

  Match address(const std::string& target, const SpfDirective& d) {
    const auto answer = ask(target, query_.ip.v6 ? DnsType::Aaaa : DnsType::A);
    if (failed_ != Match::No) return failed_;
    const bool hit = std::any_of(answer.records.begin(), answer.records.end(), [&](const auto& record) {
      const auto ip = query_.ip.v6 ? Ip::parseV6(record.value) : Ip::parseV4(record.value);
      return ip && ip->sharesPrefix(query_.ip, query_.ip.v6 ? d.prefix6 : d.prefix4);
    });
    return hit ? Match::Yes : Match::No;
  }

  Match exchangers(const std::string& target, const SpfDirective& d) {
    const auto answer = ask(target, DnsType::Mx);
    if (failed_ != Match::No) return failed_;
    if (answer.records.size() > kMaxNames) {
      error(SpfStatus::PermError, "mx: more than 10 exchangers of " + printable(target));
      return Match::PermError;
    }
    for (const auto& record : answer.records) {
      if (const Match m = address(record.value, d); m != Match::No) return m;
    }
    return Match::No;
  }

  // RFC 7208 5.5, with erratum 5227: the validated name is the target or below it.
  Match reverse(const std::string& target) {
    const bool again = validated_.has_value();
    const auto& names = validated();
    if (again) failed_ = takeVoids(validatedVoids_);  // RFC 7208 4.6.4 counts for each term
    if (failed_ == Match::PermError) return failed_;
    return std::any_of(names.begin(), names.end(), [&](const auto& n) { return isSameOrBelow(n, target); }) ? Match::Yes
                                                                                                            : Match::No;
  }

  // Names of the client that lead back to it; errors on the way only make them fewer.
  const std::vector<std::string>& validated() {
    failed_ = Match::No;
    if (validated_) return *validated_;
    validated_.emplace();
    const unsigned before = result_.voids;
    const auto names = ask(query_.ip.reversed() + (query_.ip.v6 ? ".ip6.arpa" : ".in-addr.arpa"), DnsType::Ptr);
    if (failed_ == Match::TempError) failed_ = Match::No;
    for (size_t i = 0; failed_ == Match::No && i < std::min(names.records.size(), kMaxNames); ++i) {
      const auto addresses = ask(names.records[i].value, query_.ip.v6 ? DnsType::Aaaa : DnsType::A);
      if (failed_ == Match::TempError) failed_ = Match::No;
      const bool back = std::any_of(addresses.records.begin(), addresses.records.end(),
                                    [&](const auto& r) { return Ip::parse(r.value) == query_.ip; });
      if (back) validated_->push_back(names.records[i].value);
    }
    validatedVoids_ = result_.voids - before;
    return *validated_;
  }

  // %{p}, RFC 7208 7.3.
  std::string validatedName() {
    const auto& names = validated();
    for (const bool below : {false, true}) {
      for (const auto& n : names) {
        if (below ? isSameOrBelow(n, values_.domain) : ph::text::equalsNoCase(n, values_.domain)) return n;
      }
    }
    return names.empty() ? "unknown" : names.front();
  }

  // RFC 7208 6.2: whatever goes wrong, there is just no explanation.
  void explain(const MacroString& target) {
    const auto answer = resolver_.ask(target.expandName(values_), DnsType::Txt);
    if (answer.records.size() != 1) return;
    const auto text = MacroString::parse(answer.records.front().value, MacroString::Place::Explanation);
    if (text) result_.explanation = printable(text->expand(values_));
  }

  // A question of a mechanism; sets failed_.
  ph::DnsAnswer ask(const std::string& name, DnsType type) {
    failed_ = Match::No;
    ph::DnsAnswer answer;
    if (dnsText(name).empty()) {  // RFC 7208 4.8: nothing can be asked, nothing matches
      answer.outcome = ph::DnsAnswer::Outcome::NoName;
      return answer;
    }
    answer = resolver_.ask(name, type);
    if (answer.temporary()) {
      error(SpfStatus::TempError, "no answer for " + printable(name));
      failed_ = Match::TempError;
    } else if (!answer.found()) {
      failed_ = takeVoids(1);
    }
    return answer;
  }

  Match takeVoids(unsigned count) {
    result_.voids += count;
    if (result_.voids <= kMaxVoids) return Match::No;
    error(SpfStatus::PermError, "more than 2 lookups in vain");
    return Match::PermError;
  }

  bool takeTerm() {
    if (result_.lookups == kMaxTerms) {
      error(SpfStatus::PermError, "more than 10 terms that ask");
      return false;
    }
    ++result_.lookups;
    return true;
  }

  SpfStatus error(SpfStatus status, std::string why) {
    result_.problem = std::move(why);
    return status;
  }

  const SpfQuery& query_;
  Resolver& resolver_;
  MacroValues values_;
  SpfResult result_;
  Match failed_ = Match::No;
  std::optional<std::vector<std::string>> validated_;  // kept: a record may hold any number of %{p}
  unsigned validatedVoids_ = 0;
};

}  // namespace

std::string_view name(SpfStatus status) {
  switch (status) {
    case SpfStatus::Neutral:
      return "neutral";
    case SpfStatus::Pass:
      return "pass";
    case SpfStatus::Fail:
      return "fail";
    case SpfStatus::SoftFail:
      return "softfail";
    case SpfStatus::TempError:
      return "temperror";
    case SpfStatus::PermError:
      return "permerror";
    case SpfStatus::None:
      break;
  }
  return "none";
}

SpfResult checkHost(const SpfQuery& query, Resolver& resolver) {
  return Evaluation(query, resolver).run();
}

}  // namespace ph_mailauth
