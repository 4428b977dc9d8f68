#pragma once
#include <sys/types.h>

/// Starts a program in a new pseudo-terminal; `arguments` and `environment` end with NULL. Returns
/// its process id, or -1, and the master's descriptor.
pid_t pseudo_terminal_start(char *const arguments[], char *const environment[], int columns,
                            int rows, int *master);
/// Tells the terminal, and so the program, another size.
void pseudo_terminal_resize(int master, int columns, int rows);
/// Waits for bytes and reads them: how many, 0 after the time-out, -1 when the other end is closed.
ssize_t pseudo_terminal_read(int master, void *bytes, size_t capacity, int timeout_milliseconds);
/// Whether the program takes keys one by one, without echo: 1, 0, or -1 when it cannot be told.
int pseudo_terminal_is_raw(int master);
