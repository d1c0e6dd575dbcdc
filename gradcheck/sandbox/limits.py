"""What a worker may use."""

from dataclasses import dataclass, field

from gradcheck.sandbox.inside.frames import FrameCaps

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """The most that one worker may use.

    memory: bytes of address space, in which NumPy itself takes about 0.3 GiB.  cpu_seconds: for its whole life.
    call_seconds: of wall clock for one list of calls, with sending and receiving.  start_seconds: to be ready.
    output_bytes: of what it prints that are kept, of each stream.  flood_bytes: printed within one list of
    calls, after which it is ended.  frame: what a message may hold.  open_files: descriptors.
    """

    memory: int = 2048 * MIB
    cpu_seconds: int = 60
    call_seconds: float = 10.0
    start_seconds: float = 30.0
    output_bytes: int = 1 << 16
    flood_bytes: int = 16 * MIB
    open_files: int = 64
    frame: FrameCaps = field(default_factory=FrameCaps)

    def __post_init__(self) -> None:
        for name in ("memory", "cpu_seconds", "call_seconds", "start_seconds", "flood_bytes", "open_files"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it has to be more than 0")

    def list_rlimits(self) -> dict[str, tuple[int, int]]:
        """The limits of the kernel, by name: soft and hard.  No file may be written, no memory locked."""
        never = ("RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO")
        return {
            "RLIMIT_AS": (self.memory, self.memory),
            "RLIMIT_CPU": (self.cpu_seconds, self.cpu_seconds + 1),
            "RLIMIT_NOFILE": (self.open_files, self.open_files),
            **dict.fromkeys(never, (0, 0)),
        }
