"""A program in a terminal of its own, as the benchmarks drive it: types keys and times the answers."""

import fcntl
import os
import pathlib
import select
import shutil
import signal
import struct
import tempfile
import termios
import time

FRAME_END = b"\x1b[?2026l"


class Terminal:
    """Starts a program in a pseudo-terminal, with folders of its own that are deleted at the end.

    Times are milliseconds since `start`, taken right before the process is made.
    """

    def __init__(self, command, columns, rows, environment={}):
        self.home = tempfile.mkdtemp(prefix="eosin-benchmark-")
        variables = {
            "PATH": os.environ["PATH"], "TERM": "xterm-256color", "COLORTERM": "truecolor",
            "LC_ALL": "C.UTF-8", "HOME": self.home, "SWIFT_BACKTRACE": "enable=no",
            **{f"XDG_{name}_HOME": f"{self.home}/{name}" for name in ("CONFIG", "CACHE", "STATE")},
            **environment,
        }
        # The child waits for a byte, so that the terminal has its size before the program asks.
        ready, go = os.pipe()
        self.process, self.master = os.forkpty()
        if self.process == 0:
            os.read(ready, 1)
            os.execvpe(command[0], command, variables)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.start = time.monotonic()
        os.write(go, b"!")
        os.close(ready)
        os.close(go)

    def now(self):
        return 1000 * (time.monotonic() - self.start)

    def read(self, timeout):
        """What the program wrote; empty when it wrote nothing for `timeout` ms, or has ended."""
        if not select.select([self.master], [], [], timeout / 1000)[0]:
            return b""
        try:
            return os.read(self.master, 1 << 16)
        except OSError:
            return b""

    def wait_until_quiet(self, timeout, first=10_000):
        """Reads until nothing comes for `timeout` ms, waiting `first` ms for something to come.

        Returns the time of the last byte, or None for nothing, and all that was read.
        """
        last, chunks = None, []
        while chunk := self.read(timeout if chunks else first):
            last = self.now()
            chunks.append(chunk)
        return last, b"".join(chunks)

    def wait_until_settled(self, quiet=1_000):
        """Reads until the program has nothing more to do: no output and no work for a while."""
        while True:
            self.wait_until_quiet(quiet, first=quiet)
            before = self.processor_ticks()
            written = self.wait_until_quiet(quiet, first=quiet)[1]
            if not written and self.processor_ticks() - before <= 1:
                return

    def answer(self, keys, quiet=40):
        """Types keys; returns the milliseconds until the last byte of the answer, and the bytes."""
        typed = self.now()
        os.write(self.master, keys)
        last, written = self.wait_until_quiet(quiet)
        return (None if last is None else last - typed), written

    def processor_ticks(self):
        """Hundredths of a second that all threads of the process have run."""
        fields = pathlib.Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def memory(self):
        """The process's resident memory in MB: the most so far, and now."""
        lines = pathlib.Path(f"/proc/{self.process}/status").read_text().splitlines()
        kilobytes = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Vm")}
        return tuple(int(kilobytes[name]) / 1024 for name in ("VmHWM", "VmRSS"))

    def close(self):
        try:
            os.kill(self.process, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.process, 0)
        os.close(self.master)
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def percentile(times, share):
    """The smallest of the times that at least `share` of them do not exceed."""
    ordered = sorted(times)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]
