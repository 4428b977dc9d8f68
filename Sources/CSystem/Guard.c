#define _GNU_SOURCE
#include "CSystem.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { CRASH_SIGNALS = 6, LOG_TAIL = 4096 };
static const int crash_signals[CRASH_SIGNALS] = {SIGSEGV, SIGBUS, SIGILL,
                                                 SIGTRAP, SIGABRT, SIGFPE};

// Written before `armed` is set, and then only read: the handlers may look at it at any time.
static struct {
  volatile sig_atomic_t armed;
  int terminal;
  struct termios modes;
  char restore[256];
  size_t restore_length;
  int log;
  off_t log_start;
  int error_output;  // the real standard error while descriptor 2 is the log, else -1
  struct sigaction previous[CRASH_SIGNALS];
} guard = {.log = -1, .error_output = -1};

// All three call nothing but what POSIX allows in a signal handler.
static void restore_modes(void) {
  tcsetattr(guard.terminal, TCSADRAIN, &guard.modes);
  if (guard.error_output >= 0) dup2(guard.error_output, STDERR_FILENO);
}

static void restore_terminal(void) {
  if (!guard.armed) return;
  guard.armed = 0;
  eosin_write(guard.terminal, (const uint8_t *)guard.restore, guard.restore_length);
  restore_modes();
}

static void copy_log_tail(void) {
  if (guard.log < 0) return;
  struct stat status;
  if (fstat(guard.log, &status) != 0) return;
  off_t start = guard.log_start;
  if (status.st_size - start > LOG_TAIL) start = status.st_size - LOG_TAIL;
  uint8_t bytes[512];
  ssize_t count;
  while ((count = pread(guard.log, bytes, sizeof bytes, start)) > 0) {
    eosin_write(STDERR_FILENO, bytes, (size_t)count);
    start += count;
  }
}

static void handle_crash(int number, siginfo_t *info, void *context) {
  (void)context;
  if (guard.armed) {
    restore_terminal();
    copy_log_tail();
  }
  // Whoever was there first, such as Swift's backtrace, or the default action, comes next: on
  // return the faulting instruction runs again. What will not happen again is sent again.
  for (int i = 0; i < CRASH_SIGNALS; i++)
    if (crash_signals[i] == number) sigaction(number, &guard.previous[i], NULL);
  if (info->si_code <= 0 || number == SIGTRAP || number == SIGABRT) raise(number);
}

static void prepare_stack(void) {
  static uint8_t memory[64 * 1024];
  stack_t current;
  // A stack overflow leaves no room for the handler, so it has a stack of its own.
  if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE) != 0) {
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    sigaltstack(&stack, NULL);
  }
}

bool eosin_guard_arm(int terminal, const char *restore, int log, off_t log_start) {
  static bool registered = false;
  if (guard.armed || tcgetattr(terminal, &guard.modes) != 0) return false;
  guard.terminal = terminal;
  guard.restore_length = strnlen(restore, sizeof guard.restore);
  memcpy(guard.restore, restore, guard.restore_length);
  guard.log = log;
  guard.log_start = log_start;
  guard.error_output = log >= 0 ? dup(STDERR_FILENO) : -1;
  if (guard.error_output >= 0) dup2(log, STDERR_FILENO);
  if (!registered) registered = atexit(restore_terminal) == 0;
  prepare_stack();
  guard.armed = 1;
  struct sigaction action = {.sa_sigaction = handle_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < CRASH_SIGNALS; i++)
    sigaction(crash_signals[i], &action, &guard.previous[i]);
  return true;
}

void eosin_guard_disarm(void) {
  if (!guard.armed) return;
  guard.armed = 0;
  restore_modes();
  for (int i = 0; i < CRASH_SIGNALS; i++) sigaction(crash_signals[i], &guard.previous[i], NULL);
  if (guard.error_output >= 0) close(guard.error_output);
  if (guard.log >= 0) close(guard.log);
  guard.error_output = guard.log = -1;
}
