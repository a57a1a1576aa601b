/* LD_PRELOAD: each fsync, fdatasync and sync_file_range takes SLOW_SYNC_US microseconds longer, as on a disk that
 * really flushes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_a_bit(void) {
  const char* us = getenv("SLOW_SYNC_US");
  usleep(us ? (useconds_t)atoi(us) : 5000);
}

int fsync(int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_a_bit();
  return real(fd);
}

int fdatasync(int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_a_bit();
  return real(fd);
}
