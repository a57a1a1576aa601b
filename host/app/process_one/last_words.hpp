// What a worker that crashes still says: which plugin was being called. Everything about the crash is left as it is.
#pragma once

namespace posthouse::app {

// From now on a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) inside a plugin's code is told on this descriptor, the
// channel to process one. Call once, before threads that may crash.
void sayLastWords(int channel);

}  // namespace posthouse::app
