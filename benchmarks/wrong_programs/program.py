"""A right program in somebody's style, and a mistake that a person would make in it, with the name of its cause."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gradcheck.declaration.op import Op
from gradcheck.discovery import targets

Edit = tuple[str, str]
"""A piece of a text that occurs there once, and what stands in its place after the edit."""


@dataclass(frozen=True)
class Program:
    """Right code: the text of a file in which gradcheck finds one op.

    Parameters
    ----------
    name : str
        A name that no other program has, and which the file can have.
    text : str
        The whole file: imports, a forward and a backward in any convention, shapes where their author gave some.
    """

    name: str
    text: str

    def write(self, folder: Path) -> Path:
        """Write the file into a folder, and return its path."""
        return write_source(folder, self.name, self.text)


@dataclass(frozen=True)
class Wrong:
    """A program with a mistake.

    Parameters
    ----------
    cause : str or tuple of str
        The name of the cause in the catalogue.  Of several names the first is the usual one, and the others name the
        same mistake in other words.
    program : Program
        The right program.
    before, after : str
        What is edited in its text, which occurs there once, and what stands there in the wrong one.
    also : tuple of pairs of str, optional
        Further edits, for a mistake in several places.
    law : str, optional
        The law whose finding has to name it, where it is not that of the gradient.
    """

    cause: str | tuple[str, ...]
    program: Program
    before: str
    after: str
    also: tuple[Edit, ...] = ()
    law: str = "gradient"

    @property
    def causes(self) -> tuple[str, ...]:
        """The names of causes that are right answers, the usual one first."""
        return (self.cause,) if isinstance(self.cause, str) else self.cause

    @cached_property
    def text(self) -> str:
        """The wrong text.  Raises ValueError where what is edited does not occur once."""
        text = self.program.text
        for before, after in ((self.before, self.after), *self.also):
            if text.count(before) != 1:
                raise ValueError(f"{self.program.name}: {before!r} occurs {text.count(before)} times")
            text = text.replace(before, after)
        return text

    @property
    def one_line(self) -> bool:
        """Whether the right text and the wrong one differ in one line, which both have."""
        right, wrong = self.program.text.splitlines(), self.text.splitlines()
        return len(right) == len(wrong) and sum(a != b for a, b in zip(right, wrong, strict=True)) == 1

    def write(self, folder: Path) -> Path:
        """Write the wrong file into a folder, and return its path."""
        return write_source(folder, self.program.name, self.text)


def write_source(folder: Path, name: str, text: str) -> Path:
    """Write a file of code, and return its path."""
    path = folder / f"{name}.py"
    path.write_text(text.lstrip("\n"))
    return path


def load_op(path: Path) -> Op:
    """Load the one op of a file, as `gradcheck check FILE` does.  Raises ValueError where it holds another number."""
    ops = targets.find(str(path))
    if len(ops) != 1:
        raise ValueError(f"{path}: {len(ops)} ops, not one")
    return ops[0]
