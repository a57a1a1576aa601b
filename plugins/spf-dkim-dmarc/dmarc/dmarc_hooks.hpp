// The hooks of DMARC: one looks at a complete message, one judges it for each recipient.
// Guarantees: mail is refused only when the author's domain asks for it, no check failed for now, and nobody told why
// this message must be spared. Without a result (the check failed: policy open) mail goes on.
// Threads: hooks run on workers, many at once.
#pragma once

#include "dmarc/check.hpp"
#include "ph/hook.hpp"
#include "report/recorder.hpp"
#include "settings.hpp"

namespace ph_mailauth {

class DmarcHooks {
 public:
  DmarcHooks(const ph::Host& host, const SettingsBox& settings, Recorder& recorder);
  ph::Status start();

 private:
  ph::Status inspect(ph::HookCall& call) const;
  ph::Status judge(ph::HookCall& call) const;

  const ph::Host& host_;
  const SettingsBox& settings_;
  Recorder& recorder_;
  ph::Hook inspect_, judge_;
};

}  // namespace ph_mailauth
