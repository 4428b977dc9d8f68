#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
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

static pid_t answering_thread;

/// Sends a signal on to the thread that answers it, where it is blocked and so waits to be read.
static void pass_on(int number) {
  int saved = errno;
  syscall(SYS_tgkill, getpid(), answering_thread, number);
  errno = saved;
}

void eosin_block_signals(void) {
  sigset_t set = answered_signals();
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  // Libraries start threads while they are loaded, before anybody could block anything there:
  // OpenBLAS does. A signal for the process may reach one of those.
  answering_thread = (pid_t)syscall(SYS_gettid);
  struct sigaction forward = {.sa_handler = pass_on, .sa_mask = set, .sa_flags = SA_RESTART};
  for (int number = 1; number < NSIG; number++) {
    if (sigismember(&set, number) == 1) sigaction(number, &forward, NULL);
  }
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
  // The default action, not the handler that passes it on: the screen is already left.
  struct sigaction standard = {.sa_handler = SIG_DFL}, handler;
  sigaction(SIGTSTP, &standard, &handler);
  sigset_t stop, previous, resume;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, &previous);
  kill(0, SIGTSTP);
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  sigaction(SIGTSTP, &handler, NULL);
  // The caller redraws anyway; the SIGCONT that woke us would make it redraw twice.
  sigemptyset(&resume);
  sigaddset(&resume, SIGCONT);
  struct timespec now = {0, 0};
  sigtimedwait(&resume, NULL, &now);
}
