#include <malloc.h>

#include "app/command.hpp"

int main(int argc, char** argv) {
  // Large blocks go back to the system when they are freed: otherwise the first one freed makes glibc keep all later
  // ones.
  mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
  return posthouse::app::runCommandLine(argc, argv);
}
