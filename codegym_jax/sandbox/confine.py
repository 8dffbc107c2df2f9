"""What keeps an episode's process from anything but computing: one function a mechanism, raw system calls only.

What a child inherits is set up once in the zygote (privileges, namespaces, Landlock, most rlimits, a base filter);
what would stop the zygote itself from forking is set up in every child (two rlimits, a second filter). Each docstring
says what it does NOT cover. All of them together leave open: CPU caches and timing, CPU below the budgets, the memory
of many episodes in sum (that takes cgroups), and kernel bugs behind the system calls that are allowed.

Sources: prctl(2), namespaces(7), landlock(7), seccomp(2), the kernel's syscall tables of x86_64 and aarch64.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable

LINUX = sys.platform.startswith("linux")
_libc = ctypes.CDLL(None, use_errno=True)
# name, number on x86_64, on aarch64 (-1: has none); all others give EPERM. Frequent ones first: compared in order.
_ALLOWED = """
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
# What the zygote needs besides, and no child has: to fork, to confine, to kill and reap, to pass descriptors.
_ZYGOTE_ONLY = """
clone 56 220  fork 57 -1  wait4 61 260  sendmsg 46 211  recvmsg 47 212  prctl 157 167  prlimit64 302 261
setrlimit 160 164  setpgid 109 154  dup2 33 -1  dup3 292 24  close_range 436 436
"""
_SIGNALS = "kill 62 129  tgkill 234 131"  # the zygote to anyone, a child to itself
# With the argument that decides, a mask, and what argument & mask has to be. 0o1103 is O_WRONLY | O_RDWR | O_CREAT |
# O_TRUNC; fcntl's commands 0 to 3 leave out F_SETOWN, which sends signals, and locks, which other episodes would see.
_CONDITIONAL = (("open 2 -1", 1, 0o1103, 0), ("openat 257 56", 2, 0o1103, 0), ("fcntl 72 25", 1, 0xFFFFFFFC, 0))
_COLUMNS = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # which number above, AUDIT_ARCH


def _call(name: str, *arguments: object) -> int:
    result = getattr(_libc, name)(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{name}{arguments}: {os.strerror(ctypes.get_errno())}")
    return result


def pidfd(pid: int) -> int:
    """A descriptor that names a process across pid namespaces; -1 where there is none (Linux before 5.3). By number,
    since os.pidfd_open is missing in Pythons that were built on old systems."""
    return _libc.syscall(434, pid, 0) if LINUX else -1


def die_with_parent() -> None:
    """SIGKILL when the parent thread dies. Not covered: a parent that died before (callers compare getppid), and
    children of this process, which have to ask for themselves."""
    if LINUX:
        _call("prctl", 1, int(signal.SIGKILL), 0, 0, 0)


def drop_privileges() -> bool:
    """No set-user-id gains, no capabilities, no core, no ptrace or /proc/<pid>/mem for processes of the same user.
    Not covered: what the plain uid may do anyway, and root outside."""
    if LINUX:
        _call("prctl", 38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS; unprivileged seccomp and Landlock need it
        _call("capset", struct.pack("=Ii", 0x20080522, 0), bytes(24))
        _call("prctl", 4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
    return LINUX


def namespaces() -> dict[str, bool]:
    """Own user, network, IPC and pid namespaces, the last for children only: the first of them is its PID 1, and
    all others die with that. Not covered: files (Landlock), inherited descriptors, the uid as seen from outside.
    Many distributions and containers refuse, which is reported and not an error."""
    names = {"network_namespace": 0x40000000, "ipc_namespace": 0x08000000, "pid_namespace": 0x20000000}
    flags = sum(names.values())
    user = LINUX and _libc.unshare(0x10000000 | flags) == 0
    others = user or (LINUX and _libc.unshare(flags) == 0)  # root where user namespaces are switched off
    return {"user_namespace": user, **dict.fromkeys(names, others)}


def landlock(readable: list[str]) -> int:
    """No file, TCP port, abstract socket or outside signal, except to read what lies under `readable` outside of
    site-packages. Returns Landlock's version, 0 where the kernel has none. Not covered: descriptors that are open
    already, stat() (names and sizes stay visible) and, before version 4, TCP (seccomp and the namespace do that)."""
    version = _libc.syscall(444, None, 0, 1) if LINUX else 0
    if version < 1:
        return 0
    files = (1 << 13) - 1 | (version >= 2) << 13 | (version >= 3) << 14 | (version >= 5) << 15
    attributes = struct.pack("=QQQ", files, 3 * (version >= 4), 3 * (version >= 6))
    ruleset = _call("syscall", 444, attributes, 24 if version >= 6 else 16 if version >= 4 else 8, 0)
    rules = [(folder, 1 << 3) for folder in readable]  # LANDLOCK_ACCESS_FS_READ_DIR, and READ_FILE below
    for entry in [entry for folder in readable for entry in os.scandir(folder)]:
        if entry.name not in ("site-packages", "dist-packages"):
            rules.append((entry.path, 1 << 2 | entry.is_dir() << 3))
    for path, access in rules:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        _call("syscall", 445, ruleset, 1, struct.pack("=Qi", access, fd), 0)
        os.close(fd)
    _call("syscall", 446, ruleset, 0)
    os.close(ruleset)
    return version


def _within_ceilings(limits: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Soft and hard limits as far as the hard limits of this process let them be set."""
    ceilings = {kind: resource.getrlimit(kind)[1] for kind in limits}
    free = [kind for kind, ceiling in ceilings.items() if ceiling == resource.RLIM_INFINITY]
    return {
        k: pair if k in free else (min(pair[0], ceilings[k]), min(pair[1], ceilings[k])) for k, pair in limits.items()
    }


def inherited_rlimits(memory_mb: int) -> bool:
    """Hard limits on address space, file size, descriptors, core and stack, for the zygote and all its children.
    Returns whether memory is limited, which macOS cannot. Not covered: kernel memory, sums over episodes."""
    limits = {resource.RLIMIT_FSIZE: (0, 0), resource.RLIMIT_CORE: (0, 0), resource.RLIMIT_NOFILE: (32, 32)}
    limits[resource.RLIMIT_STACK] = (8 << 20, 8 << 20)
    if LINUX:
        limits[resource.RLIMIT_AS] = (memory_mb << 20, memory_mb << 20)
    set_rlimits(list(_within_ceilings(limits).items()))
    return LINUX


def set_rlimits(limits: list[tuple[int, tuple[int, int]]]) -> None:
    for kind, pair in limits:
        resource.setrlimit(kind, pair)


def child_rlimits(cpu_s: int) -> list[tuple[int, tuple[int, int]]]:
    """What each child sets for itself with `set_rlimits`, since a zygote that forks thousands cannot have it: CPU
    seconds (SIGXCPU at the first, SIGKILL at the second), no processes. Not covered: processes of root (seccomp)."""
    return list(_within_ceilings({resource.RLIMIT_CPU: (cpu_s, cpu_s + 1), resource.RLIMIT_NPROC: (0, 0)}).items())


_LOAD, _EQUAL, _MASK, _RETURN = 0x20, 0x15, 0x54, 0x06
_ALLOW, _KILL, _REFUSE = (
    (_RETURN, 0, 0, 0x7FFF0000),
    (_RETURN, 0, 0, 0x80000000),
    (_RETURN, 0, 0, 0x50000 | errno.EPERM),
)
_SECCOMP = (22, 2)  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
_OWN_PID = 0x5EC00B1D  # stands for the child's pid until its filter is installed
_Program = list[tuple[int, int, int, int]]  # classic BPF: code, jump if true, jump if false, constant


def _numbers(table: str, column: int) -> list[int]:
    return [n for n in map(int, table.split()[1 + column :: 3]) if n >= 0]


def _when(number: int, argument: int, bits: int, value: int) -> _Program:
    """Of this system call, allow what has `value` in these bits of an argument."""
    checks: _Program = [(_EQUAL, 0, 5, number), (_LOAD, 0, 0, 16 + 8 * argument), (_MASK, 0, 0, bits)]
    return [*checks, (_EQUAL, 0, 1, value), _ALLOW, _REFUSE]


def _packed(program: _Program) -> bytes:
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def base_seccomp() -> bool:
    """For the zygote and all its children: allows computing, clocks, reading files, and the zygote's own work. Sockets,
    exec, ptrace, writing and all else give EPERM. False where we have no table. Not covered: open descriptors, memory,
    CPU, and which files are read (Landlock)."""
    machine = os.uname().machine
    if not LINUX or machine not in _COLUMNS or sys.maxsize < 2**32:
        return False
    column, architecture = _COLUMNS[machine]
    numbers = [n for table in (_ALLOWED, _ZYGOTE_ONLY, _SIGNALS) for n in _numbers(table, column)]
    program = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), _KILL, (_LOAD, 0, 0, 0)]
    program += [(_EQUAL, len(numbers) - i, 0, number) for i, number in enumerate(numbers)]  # to _ALLOW below
    program += [(0x05, 0, 0, 1), _ALLOW]  # the jump steps over it
    for call, argument, bits, value in _CONDITIONAL:
        for number in _numbers(call, column):
            program += _when(number, argument, bits, value)
    code = _packed([*program, _REFUSE])
    instructions = ctypes.create_string_buffer(code, len(code))
    _call("prctl", *_SECCOMP, struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions)), 0, 0)
    return True


def child_seccomp() -> Callable[[], None] | None:
    """Of what a child calls to install its filter on top of the base filter: no processes, no descriptors passed, no
    limits or filters changed, and signals to itself only. None where there is no base filter."""
    if (machine := os.uname().machine) not in _COLUMNS:
        return None
    column = _COLUMNS[machine][0]
    numbers = _numbers(_ZYGOTE_ONLY, column)
    program = [(_LOAD, 0, 0, 0), *((_EQUAL, len(numbers) - i, 0, number) for i, number in enumerate(numbers))]
    program += [(0x05, 0, 0, 1), _REFUSE]  # the jump steps over it
    for number in _numbers(_SIGNALS, column):
        program += _when(number, 0, 0xFFFFFFFF, _OWN_PID)
    code = _packed([*program, _ALLOW])
    places = [i - 4 for i in range(8, len(code) + 1, 8) if code[i - 4 : i] == struct.pack("=I", _OWN_PID)]
    instructions = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions)))

    def install() -> None:
        for place in places:
            struct.pack_into("=I", instructions, place, os.getpid())
        if _libc.prctl(*_SECCOMP, header, 0, 0):
            raise OSError(ctypes.get_errno(), "seccomp")

    return install
