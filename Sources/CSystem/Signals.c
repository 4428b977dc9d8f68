#define _GNU_SOURCE
#include "CSystem.h"

#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static sigset_t answered_signals(void) {
  static const int numbers[] = {SIGWINCH, SIGTSTP, SIGCONT,
                                SIGINT,   SIGTERM, SIGHUP, SIGQUIT};
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(&set, numbers[i]);
  return set;
}

void eosin_block_signals(void) {
  sigset_t set = answered_signals();
  pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int eosin_signal_descriptor(void) {
  sigset_t set = answered_signals();
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int eosin_next_signal(int descriptor) {
  struct signalfd_siginfo info;
  return read(descriptor, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

void eosin_stop(void) {
  // The default action, not the handler that ncurses installed: the screen is already left.
  struct sigaction standard = {.sa_handler = SIG_DFL};
  sigaction(SIGTSTP, &standard, NULL);
  sigset_t stop, previous, resume;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, &previous);
  kill(0, SIGTSTP);
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  // The caller redraws anyway; the SIGCONT that woke us would make it redraw twice.
  sigemptyset(&resume);
  sigaddset(&resume, SIGCONT);
  struct timespec now = {0, 0};
  sigtimedwait(&resume, NULL, &now);
}
