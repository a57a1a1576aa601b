#include "admin/operation.hpp"

namespace posthouse::admin {

extern const Operation kServerStatus;
extern const Operation kReload;
extern const Operation kStop;
extern const Operation kAudit;
extern const Operation kLogLevel;
extern const Operation kConfigGet;
extern const Operation kConfigSet;
extern const Operation kConfigUnset;
extern const Operation kConfigUndo;
extern const Operation kDomainList;
extern const Operation kDomainAdd;
extern const Operation kDomainRemove;
extern const Operation kDomainDisable;
extern const Operation kDomainEnable;
extern const Operation kDomainDns;
extern const Operation kAccountList;
extern const Operation kAccountShow;
extern const Operation kAccountAdd;
extern const Operation kAccountRemove;
extern const Operation kAccountDisable;
extern const Operation kAccountEnable;
extern const Operation kAccountPassword;
extern const Operation kAccountLogins;
extern const Operation kAppPasswordAdd;
extern const Operation kAppPasswordList;
extern const Operation kAppPasswordRemove;
extern const Operation kAddressList;
extern const Operation kAddressAdd;
extern const Operation kAddressRemove;
extern const Operation kAliasList;
extern const Operation kAliasAdd;
extern const Operation kAliasSet;
extern const Operation kAliasRemove;
extern const Operation kPluginList;
extern const Operation kPluginEnable;
extern const Operation kPluginDisable;
extern const Operation kPluginConfigure;
extern const Operation kCertificateList;
extern const Operation kConnectionList;
extern const Operation kConnectionKick;
extern const Operation kLimitsShow;
extern const Operation kLimitsClear;
extern const Operation kTokenCreate;
extern const Operation kTokenList;
extern const Operation kTokenRevoke;

const std::vector<const Operation*>& operations() {
  // clang-format off: one topic per paragraph, so that additions stay apart
  static const std::vector<const Operation*> kAll = {
      // the server
      &kServerStatus,
      &kReload,
      &kStop,
      &kAudit,
      &kLogLevel,
      // its configuration
      &kConfigGet,
      &kConfigSet,
      &kConfigUnset,
      &kConfigUndo,
      // domains
      &kDomainList,
      &kDomainAdd,
      &kDomainRemove,
      &kDomainDisable,
      &kDomainEnable,
      &kDomainDns,
      // accounts
      &kAccountList,
      &kAccountShow,
      &kAccountAdd,
      &kAccountRemove,
      &kAccountDisable,
      &kAccountEnable,
      &kAccountPassword,
      &kAccountLogins,
      &kAppPasswordList,
      &kAppPasswordAdd,
      &kAppPasswordRemove,
      // addresses
      &kAddressList,
      &kAddressAdd,
      &kAddressRemove,
      // aliases
      &kAliasList,
      &kAliasAdd,
      &kAliasSet,
      &kAliasRemove,
      // plugins
      &kPluginList,
      &kPluginEnable,
      &kPluginDisable,
      &kPluginConfigure,
      // certificates
      &kCertificateList,
      // connections and limits
      &kConnectionList,
      &kConnectionKick,
      &kLimitsShow,
      &kLimitsClear,
      // tokens
      &kTokenCreate,
      &kTokenList,
      &kTokenRevoke,
  };
  // clang-format on
  return kAll;
}

}  // namespace posthouse::admin
