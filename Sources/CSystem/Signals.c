#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
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

static pthread_t main_thread;

// Runs on threads that were there before `main`, as OpenBLAS's: nobody could block signals there,
// and the system gives a signal to any thread that does not block it.
static void pass_on(int number) {
  int saved = errno;
  if (!pthread_equal(pthread_self(), main_thread)) pthread_kill(main_thread, number);
  errno = saved;
}

void eosin_block_signals(void) {
  sigset_t set = answered_signals();
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  main_thread = pthread_self();
  struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
  sigfillset(&action.sa_mask);
  for (int number = 1; number < NSIG; number++) {
    if (sigismember(&set, number) == 1) sigaction(number, &action, NULL);
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
  // The default action: the screen is already left.
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

static volatile sig_atomic_t was_interrupted;

static void note_interrupt(int number) {
  (void)number;
  was_interrupted = 1;
}

void eosin_note_interrupts(void) {
  was_interrupted = 0;
  struct sigaction action = {.sa_handler = note_interrupt, .sa_flags = SA_RESTART | SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
}

bool eosin_was_interrupted(void) { return was_interrupted != 0; }
