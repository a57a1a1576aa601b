#include "admin/operation.hpp"

namespace posthouse::admin {

extern const Operation kServerStatus;
extern const Operation kAccountList;
extern const Operation kPluginList;
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
  static const std::vector<const Operation*> kAll = {
      &kServerStatus,     &kAccountList,      &kPluginList,        &kQueueList,        &kQueueShow,
      &kQueueHold,        &kQueueUnhold,      &kQueueRetry,        &kQueueReschedule,  &kQueueFail,
      &kQueueDrop,        &kQueueTransport,   &kQueueTls,          &kQueueDump,        &kQueueSummary,
      &kQueueRetiredList, &kQueueRetiredShow, &kQueueSuppressList, &kQueueSuppressAdd, &kQueueSuppressRemove,
      &kQueueRulesList,   &kQueueRulesAdd,    &kQueueRulesRemove,
  };
  return kAll;
}

}  // namespace posthouse::admin
