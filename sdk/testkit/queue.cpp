#include "queue.hpp"

#include "ph/text.hpp"

namespace ph::testkit {

Queue::Queue() : table_(sized<ph_queue>()) {
  table_.submit = [](const ph_host* host, ph_txn* txn, ph_error* error) -> ph_status {
    auto& q = *const_cast<Queue*>(static_cast<const Queue*>(host->get(host, kId)));
    if (q.answer == PH_OK) {
      q.submitted.push_back(Pipeline::mailOf(txn));
    } else {
      fill(error, "told to fail");
    }
    return q.answer;
  };
}

}  // namespace ph::testkit
