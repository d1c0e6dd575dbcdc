"""The task of a worker to make the golden vectors of one op of the library anew, and to compare all with them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gradcheck.declaration.shape import DeclarationError
from gradcheck.records.codec import encode_record
from gradcheck.records.golden_vectors import find_vector_file
from gradcheck.running.tasks import Answer, Channel, load_library_op
from gradcheck.running.time_limit import Phase


@dataclass(frozen=True)
class VectorTask:
    """Make the vectors of an op, and compare them with those that are stored, with the op and with JAX.

    write: store them where they differ.  rewrite: store them in any case.
    """

    name: str
    write: bool = False
    rewrite: bool = False
    timeout: float | None = None

    def run(self, channel: Channel) -> Answer:
        """Answer with the comparison.  Raises KeyboardInterrupt where it is stopped."""
        channel.begin_phase(Phase.CHECK)
        channel.report_cases(0)
        with channel.accept_interrupts():
            return self.compare()

    def compare(self) -> Mapping[str, Any]:
        """Return the comparison as plain data: what is stored otherwise, what was written, digits and problems; or the
        error for which nothing could be written."""
        from gradcheck.atomic_files import write_atomically
        from gradcheck.checking.vector_agreement import VectorComparison, compare_with_vectors
        from gradcheck.isolation import silence_warnings
        from gradcheck.vectors.making import make_vectors
        from gradcheck.vectors.stored import describe_stored

        op = load_library_op(self.name)
        file = make_vectors(op)
        text, path = file.to_json(), find_vector_file(self.name)
        stored = describe_stored(path, text)
        written = self.write and (bool(stored) or self.rewrite)
        try:
            if written:
                write_atomically(text, path)
        except OSError as error:
            return {"error": f"{path}: cannot be written: {error.strerror}"}
        try:
            with silence_warnings():
                comparison = compare_with_vectors(replace(op, same_as=op.name) if path.exists() else op)
        except DeclarationError as error:
            problems = () if stored and not written else (str(error),)  # what is stored is told of already
            comparison = VectorComparison(op.name, 0, (), problems, ())
        return {
            "op": self.name,
            "stored": "" if written else stored,
            "written": written,
            "infeasible": file.infeasible,
            **encode_record(comparison),
        }
