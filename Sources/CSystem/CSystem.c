#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

int eosin_event_descriptor(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void eosin_wake(int descriptor) {
  uint64_t one = 1;
  // Fails only when the counter is full, and then the reader is awake already.
  if (write(descriptor, &one, sizeof one) < 0) return;
}

void eosin_clear(int descriptor) {
  uint64_t count;
  // Fails only when nothing was posted since the last time.
  if (read(descriptor, &count, sizeof count) < 0) return;
}

int eosin_wait(int input, int signals, int events, int timeout_milliseconds) {
  struct pollfd polled[3] = {{input, POLLIN, 0}, {signals, POLLIN, 0}, {events, POLLIN, 0}};
  if (poll(polled, 3, timeout_milliseconds) <= 0) return 0;
  int ready = 0;
  if (polled[0].revents & POLLIN) ready |= EOSIN_READY_INPUT;
  if (polled[0].revents & (POLLHUP | POLLERR | POLLNVAL)) ready |= EOSIN_HUNG_UP;
  if (polled[1].revents & POLLIN) ready |= EOSIN_READY_SIGNAL;
  if (polled[2].revents & POLLIN) ready |= EOSIN_READY_EVENT;
  return ready;
}

void eosin_close(int descriptor) { close(descriptor); }

struct eosin_size eosin_terminal_size(int descriptor) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return (struct eosin_size){0, 0};
  return (struct eosin_size){size.ws_col, size.ws_row};
}

bool eosin_write(int descriptor, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(descriptor, bytes, count);
    if (written >= 0) {
      bytes += written;
      count -= (size_t)written;
    } else if (errno == EAGAIN) {
      struct pollfd polled = {descriptor, POLLOUT, 0};
      if (poll(&polled, 1, -1) < 0 && errno != EINTR) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

int eosin_open_log(const char *path) {
  return open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

int eosin_open_nameless(void) {
  return open("/tmp", O_RDWR | O_TMPFILE | O_APPEND | O_CLOEXEC, 0600);
}

bool eosin_use_locale(void) {
  const char *name = setlocale(LC_CTYPE, "");
  // The C locale, or one that is not installed, says nothing about the terminal: most are UTF-8.
  if (name == NULL || strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0)
    setlocale(LC_CTYPE, "C.UTF-8");
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int eosin_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }
