"""What keeps an episode's process from doing anything but computing: one function a mechanism.

Standard library and raw system calls only, because this runs in the zygote, which imports nothing else. What can
be inherited is set up once in the zygote (namespaces, Landlock, capabilities); what would stop the zygote from
forking is set up in every child (rlimits, seccomp: about 0.3 ms together). Each docstring says what the mechanism
does NOT cover; together they leave: CPU caches and timing, the amount of CPU below the budgets, the sum of the
memory of many episodes (that takes cgroups), and kernel bugs reachable through the system calls left open.

Sources: seccomp(2), landlock(7), prctl(2), namespaces(7), the kernel's syscall tables for x86_64 and aarch64.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import resource
import signal
import struct
import sys

LINUX = sys.platform.startswith("linux")
_libc = ctypes.CDLL(None, use_errno=True)

# name, number on x86_64, number on aarch64 (-1: aarch64 has none). Everything that is not here gets EPERM. The
# frequent ones come first, since the filter compares in order.
_OPEN = """
read 0 63  write 1 64  futex 202 98  mmap 9 222  munmap 11 215  brk 12 214  mremap 25 216  madvise 28 233
clock_gettime 228 113  getrandom 318 278  close 3 57  fstat 5 80  newfstatat 262 79  stat 4 -1  lstat 6 -1
statx 332 291  lseek 8 62  pread64 17 67  readv 19 65  writev 20 66  getdents64 217 61  getcwd 79 17
access 21 -1  faccessat 269 48  faccessat2 439 439  readlink 89 -1  readlinkat 267 78  mprotect 10 226
rt_sigaction 13 134  rt_sigprocmask 14 135  rt_sigreturn 15 139  sigaltstack 131 132  restart_syscall 219 128
exit 60 93  exit_group 231 94  getpid 39 172  getppid 110 173  gettid 186 178  getuid 102 174  geteuid 107 175
getgid 104 176  getegid 108 177  clock_getres 229 114  clock_nanosleep 230 115  nanosleep 35 101  time 201 -1
gettimeofday 96 169  times 100 153  getrusage 98 165  getitimer 36 102  setitimer 38 103  alarm 37 -1
pause 34 -1  rt_sigsuspend 130 133  rt_sigtimedwait 128 137  poll 7 -1  ppoll 271 73  select 23 -1
pselect6 270 72  sched_yield 24 124  sched_getaffinity 204 123  getcpu 309 168  uname 63 160  sysinfo 99 179
rseq 334 293  set_robust_list 273 99
"""
_OWN_PID = 0x5EC00B1D  # stands for the child's pid until the filter is installed
# The same, with the argument that decides, a mask and the value that argument & mask must have. 0o1103 is
# O_WRONLY | O_RDWR | O_CREAT | O_TRUNC; fcntl commands 0 to 7 leave out F_SETOWN, which sends signals.
_CONDITIONAL = (
    ("open", 2, -1, 1, 0o1103, 0),
    ("openat", 257, 56, 2, 0o1103, 0),
    ("fcntl", 72, 25, 1, 0xFFFFFFF8, 0),
    ("kill", 62, 129, 0, 0xFFFFFFFF, _OWN_PID),
    ("tgkill", 234, 131, 0, 0xFFFFFFFF, _OWN_PID),
)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column, AUDIT_ARCH
_ALLOW, _KILL, _EPERM = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _prctl(option: int, argument: int, what: str, pointer: ctypes.Array[ctypes.c_char] | None = None) -> None:
    words = [ctypes.c_ulong(argument), pointer or ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)]
    _check(_libc.prctl(option, *words), what)


def die_with_parent() -> None:
    """SIGKILL when the parent thread dies. Not covered: a parent that died before the call (callers compare
    getppid), and the setting does not survive a fork."""
    if LINUX:
        _prctl(1, signal.SIGKILL, "prctl(PR_SET_PDEATHSIG)")


def undumpable() -> None:
    """No core, and no ptrace or /proc/<pid>/mem for other processes of this user. Not covered: root outside."""
    if LINUX:
        _prctl(4, 0, "prctl(PR_SET_DUMPABLE)")


def no_new_privileges() -> bool:
    """Set-user-id programs stop working; unprivileged seccomp and Landlock need it. Not covered: privileges that
    the process has already."""
    if LINUX:
        _prctl(38, 1, "prctl(PR_SET_NO_NEW_PRIVS)")
    return LINUX


def namespaces() -> dict[str, bool]:
    """Own user, network, IPC and pid namespaces; the pid namespace holds for children forked afterwards, so that
    the first of them is its PID 1 and takes all others with it when it dies.

    Not covered: the file system (Landlock does that), Unix sockets that have a path, inherited descriptors, and
    the uid outside stays what it was. Many distributions and containers refuse it: then all values are False.
    """
    names = {"network_namespace": 0x40000000, "ipc_namespace": 0x08000000, "pid_namespace": 0x20000000}
    rest = sum(names.values())
    report = dict.fromkeys(("user_namespace", *names), False)
    if LINUX:
        if _libc.unshare(0x10000000 | rest) == 0:
            report = dict.fromkeys(report, True)
        elif _libc.unshare(rest) == 0:  # root where user namespaces are switched off
            report |= dict.fromkeys(names, True)
    return report


def drop_capabilities() -> None:
    """Empty the capability sets. Not covered: what the plain uid may do, such as open its own files."""
    if LINUX:
        header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0), 8)
        _check(_libc.capset(header, ctypes.create_string_buffer(24)), "capset")


def landlock(readable: list[str]) -> int:
    """Deny every file, TCP port and abstract socket except reading what lies under `readable` folders, without
    their site-packages. Returns the kernel's Landlock version, 0 where there is none.

    Not covered: descriptors that are open already, stat() (names and sizes stay visible), and, before version 4,
    TCP (the network namespace and seccomp do that).
    """
    version = _libc.syscall(444, None, ctypes.c_size_t(0), 1) if LINUX else 0
    if version < 1:
        return 0
    files = (1 << 13) - 1 | (version >= 2) << 13 | (version >= 3) << 14 | (version >= 5) << 15
    attributes = struct.pack("=QQQ", files, 3 * (version >= 4), 3 * (version >= 6))
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _check(_libc.syscall(444, attributes, ctypes.c_size_t(size), 0), "landlock_create_ruleset")
    read_file, read_dir = 1 << 2, 1 << 3
    rules = [(folder, read_dir) for folder in readable]
    for folder in readable:
        entries = [e for e in os.scandir(folder) if e.name not in ("site-packages", "dist-packages")]
        rules += [(e.path, read_file | read_dir if e.is_dir() else read_file) for e in entries]
    for path, access in rules:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        _check(_libc.syscall(445, ruleset, 1, struct.pack("=Qi", access, fd), 0), f"landlock_add_rule {path}")
        os.close(fd)
    _check(_libc.syscall(446, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)
    return version


def rlimits(memory_mb: int, cpu_s: int) -> bool:
    """Hard limits on address space, CPU seconds, file size, descriptors, processes, core and stack. Returns whether
    the address space is limited (macOS ignores that one).

    Not covered: the number of processes for root (seccomp does that), kernel memory, and the sum over episodes.
    """
    wanted = {
        resource.RLIMIT_CPU: (cpu_s, cpu_s + 1),  # SIGXCPU at the first, SIGKILL at the second
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NOFILE: (32, 32),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_STACK: (8 << 20, 8 << 20),
    }
    for kind, (soft, hard) in wanted.items():
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(kind, (soft, hard))
    if LINUX:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    return LINUX


@functools.cache
def _assemble(column: int, architecture: int) -> bytes:
    """The filter as classic BPF: (code, jump if true, jump if false, constant) for each instruction."""
    load, equal, mask, jump, ret = 0x20, 0x15, 0x54, 0x05, 0x06
    numbers = [n for n in map(int, _OPEN.split()[1 + column :: 3]) if n >= 0]
    program = [(load, 0, 0, 4), (equal, 1, 0, architecture), (ret, 0, 0, _KILL), (load, 0, 0, 0)]
    program += [(equal, len(numbers) - i, 0, number) for i, number in enumerate(numbers)]  # to the ALLOW below
    program += [(jump, 0, 0, 1), (ret, 0, 0, _ALLOW)]
    for _, x86, arm, argument, bits, value in _CONDITIONAL:
        number = (x86, arm)[column]
        if number >= 0:
            program += [(equal, 0, 5, number), (load, 0, 0, 16 + 8 * argument), (mask, 0, 0, bits)]
            program += [(equal, 0, 1, value), (ret, 0, 0, _ALLOW), (ret, 0, 0, _EPERM)]
    program.append((ret, 0, 0, _EPERM))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def seccomp() -> bool:
    """Allow computing, clocks, reading files and signals to itself; every other system call gives EPERM: processes,
    threads, sockets, exec, ptrace, writing files, raising limits, signals to others. False where there is no table.

    Not covered: what goes through open descriptors, memory and CPU, and which files are read (Landlock does that).
    """
    machine = os.uname().machine
    if not LINUX or machine not in _ARCHITECTURES or sys.maxsize < 2**32:
        return False
    code = _assemble(*_ARCHITECTURES[machine]).replace(struct.pack("=I", _OWN_PID), struct.pack("=I", os.getpid()))
    instructions = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions)))
    _prctl(22, 2, "prctl(PR_SET_SECCOMP)", program)
    return True
