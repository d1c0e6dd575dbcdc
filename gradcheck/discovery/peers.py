"""Peers: other libraries with lists of what they have, and what of it is in this one, by the aliases of its ops.

Names are the same in letters of either case, and a name with its module, linalg.norm, is that name.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gradcheck.declaration.op import Op

PEERS_FILE = Path(__file__).with_name("peers.toml")


@dataclass(frozen=True)
class Peer:
    """A library with a list of what it has.

    name: as aliases say it.  listed: what the list holds, in words.  version: that was read.  source: where.  count: of
    its names, as it was counted there.  names: the list.  others: names of other parts of the library, by which ops may
    go here as well, and of which none is missing.
    """

    name: str
    listed: str
    version: str
    source: str
    count: int
    names: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """What of a peer's list some op here is called, and what none is, both in the order of the list."""

    peer: Peer
    here: tuple[str, ...]
    missing: tuple[str, ...]


@cache
def load_peers() -> tuple[Peer, ...]:
    """Load the peers, in the order of their file."""
    tables = tomllib.loads(PEERS_FILE.read_text(encoding="utf-8"))
    return tuple(read_peer(name, table) for name, table in tables.items())


def read_peer(name: str, table: Mapping[str, Any]) -> Peer:
    """Read the table of one peer."""
    told = {key: table[key] for key in ("listed", "version", "source", "count")}
    return Peer(name, **told, names=tuple(table["names"].split()), others=tuple(table.get("others", "").split()))


def list_aliases(op: Op) -> Iterator[tuple[str, str]]:
    """List what other libraries call an op: pairs of library and name."""
    return ((library, name) for library, names in op.aliases.items() for name in names.split())


def simplify_name(name: str) -> str:
    """Return what tells a name from others: it without its module, in small letters."""
    return name.rpartition(".")[2].lower()


def list_callers(op: Op, name: str) -> list[str]:
    """List the libraries that call an op by this name."""
    meant = name.lower()
    called = (library for library, alias in list_aliases(op) if meant in (alias.lower(), simplify_name(alias)))
    return list(dict.fromkeys(called))


def list_peers_with(name: str) -> list[str]:
    """List the peers in whose lists a name is."""
    return [peer.name for peer in load_peers() if simplify_name(name) in map(simplify_name, peer.names)]


def measure_coverage(ops: Iterable[Op]) -> tuple[Coverage, ...]:
    """Measure, for each peer, what of its list some of these ops are called."""
    called = {(library, simplify_name(name)) for op in ops for library, name in list_aliases(op)}
    return tuple(
        Coverage(
            peer,
            tuple(name for name in peer.names if (peer.name, simplify_name(name)) in called),
            tuple(name for name in peer.names if (peer.name, simplify_name(name)) not in called),
        )
        for peer in load_peers()
    )
