#define _GNU_SOURCE
#include "CPseudoTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

pid_t pseudo_terminal_start(char *const arguments[], char *const environment[], int columns,
                            int rows, int *master) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  pid_t process = forkpty(master, NULL, NULL, &size);
  if (process == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvpe(arguments[0], arguments, environment);
    _exit(127);
  }
  if (process > 0) fcntl(*master, F_SETFD, FD_CLOEXEC);
  return process;
}

void pseudo_terminal_resize(int master, int columns, int rows) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  ioctl(master, TIOCSWINSZ, &size);
}

ssize_t pseudo_terminal_read(int master, void *bytes, size_t capacity, int timeout_milliseconds) {
  struct pollfd polled = {master, POLLIN, 0};
  int ready = poll(&polled, 1, timeout_milliseconds);
  if (ready <= 0) return 0;
  ssize_t count = read(master, bytes, capacity);
  if (count > 0) return count;
  return count < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : -1;
}

int pseudo_terminal_is_raw(int master) {
  struct termios modes;
  if (tcgetattr(master, &modes) != 0) return -1;
  return (modes.c_lflag & (ICANON | ECHO)) == 0;
}
