// Commands about DMARC reports: those that came in, those that leave, and who gets none of ours.
// Threads: added on the control thread; functions run on workers.
#pragma once

#include "ph/cli.hpp"
#include "report/evaluations.hpp"
#include "report/post_office.hpp"
#include "report/received.hpp"

namespace ph_mailauth {

class ReportCommands {
 public:
  ReportCommands(const ph::Host& host, ReceivedReports& received, Evaluations& evaluations, PostOffice& office);
  ph::Status start();

 private:
  ph::Status reports(ph::CommandCall& call) const;
  ph::Status add(ph::CommandCall& call) const;
  ph::Status list(ph::CommandCall& call) const;
  ph::Status remove(ph::CommandCall& call) const;
  ph::Status send(ph::CommandCall& call) const;

  const ph::Host& host_;
  ReceivedReports& received_;
  Evaluations& evaluations_;
  PostOffice& office_;
  ph::Command reports_, add_, list_, remove_, send_;
};

}  // namespace ph_mailauth
