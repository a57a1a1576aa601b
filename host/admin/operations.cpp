#include "admin/operation.hpp"

namespace posthouse::admin {

extern const Operation kServerStatus;
extern const Operation kReload;
extern const Operation kStop;
extern const Operation kAudit;
extern const Operation kTrace;
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
extern const Operation kAccountRole;
extern const Operation kTotpShow;
extern const Operation kTotpEnrol;
extern const Operation kTotpConfirm;
extern const Operation kTotpRemove;
extern const Operation kSessionList;
extern const Operation kSessionEnd;
extern const Operation kStoreVerifyLive;
extern const Operation kStoreRethreadLive;
extern const Operation kStoreIndex;
extern const Operation kStoreReindex;
extern const Operation kSearch;
extern const Operation kStoreRemoved;
extern const Operation kStoreUndeleteLive;
extern const Operation kMailboxAclList;
extern const Operation kMailboxAclSet;
extern const Operation kMailboxAclRemove;
extern const Operation kTransferFolders;
extern const Operation kTransferGet;
extern const Operation kTransferKnown;
extern const Operation kTransferPut;
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
extern const Operation kPluginForm;
extern const Operation kPluginFill;
extern const Operation kPageList;
extern const Operation kCommandList;
extern const Operation kCertificateList;
extern const Operation kConnectionList;
extern const Operation kConnectionKick;
extern const Operation kLimitsShow;
extern const Operation kLimitsClear;
extern const Operation kTokenCreate;
extern const Operation kTokenList;
extern const Operation kTokenRevoke;
extern const Operation kQueueList;
extern const Operation kQueueShow;
extern const Operation kQueueHold;
extern const Operation kQueueUnhold;
extern const Operation kQueueRetry;
extern const Operation kQueueReschedule;
extern const Operation kQueueFail;
extern const Operation kQueueDrop;
extern const Operation kQueueTransport;
extern const Operation kQueueTls;
extern const Operation kQueueDump;
extern const Operation kQueueSummary;
extern const Operation kQueueRetiredList;
extern const Operation kQueueRetiredShow;
extern const Operation kQueueSuppressList;
extern const Operation kQueueSuppressAdd;
extern const Operation kQueueSuppressRemove;
extern const Operation kQueueRulesList;
extern const Operation kQueueRulesAdd;
extern const Operation kQueueRulesRemove;

const std::vector<const Operation*>& operations() {
  // clang-format off: one topic per paragraph, so that additions stay apart
  static const std::vector<const Operation*> kAll = {
      // the server
      &kServerStatus,
      &kReload,
      &kStop,
      &kAudit,
      &kTrace,
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
      &kAccountRole,
      &kTotpShow,
      &kTotpEnrol,
      &kTotpConfirm,
      &kTotpRemove,
      // browsers
      &kSessionList,
      &kSessionEnd,
      // what they hold
      &kStoreVerifyLive,
      &kStoreRethreadLive,
      &kStoreIndex,
      &kStoreReindex,
      &kSearch,
      &kStoreRemoved,
      &kStoreUndeleteLive,
      // import and export
      &kMailboxAclList,
      &kMailboxAclSet,
      &kMailboxAclRemove,
      &kTransferFolders,
      &kTransferGet,
      &kTransferKnown,
      &kTransferPut,
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
      &kPluginForm,
      &kPluginFill,
      &kPageList,
      &kCommandList,
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
      // the queue
      &kQueueList,
      &kQueueShow,
      &kQueueHold,
      &kQueueUnhold,
      &kQueueRetry,
      &kQueueReschedule,
      &kQueueFail,
      &kQueueDrop,
      &kQueueTransport,
      &kQueueTls,
      &kQueueDump,
      &kQueueSummary,
      &kQueueRetiredList,
      &kQueueRetiredShow,
      &kQueueSuppressList,
      &kQueueSuppressAdd,
      &kQueueSuppressRemove,
      &kQueueRulesList,
      &kQueueRulesAdd,
      &kQueueRulesRemove,
  };
  // clang-format on
  return kAll;
}

}  // namespace posthouse::admin
