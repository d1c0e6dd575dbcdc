"""The sections on ours alone: end to end, at all sizes, deep graphs, failing code, the prompt, and where time goes."""

from collections.abc import Iterator

from report_format import Data, Section, milliseconds, significant

OF_PROFILES = {
    "cold": "The first check of each shape in its process, libraries loaded.",
    "warm": "A check of each shape that was seen before.",
    "warm, without the reference": "A check of each shape where no reference speaks.",
    "end to end": "Runs over the nine ops, gradient law only.",
    "end to end, all laws": "Runs over the nine ops, all laws.",
    "large inputs": "Checks of the ops of the table of sizes, at the largest.",
    "deep graphs": "The check of a graph of half as many layers as the deepest one.",
    "failing code": "Checks of some of the mutants.",
    "the library": "Checks of the ops of the library, with a few examples each.",
    "first finding": "The worker that checks the README's wrong layer, to its first finding, in CPU time.",
}
"""What was profiled, by row."""


def own_sections(results: Data) -> Iterator[Section]:
    """All of them, in the order of the targets."""
    yield end_to_end(results)
    yield sizes(results)
    yield from large_points(results)
    yield graphs(results)
    yield failing_code(results)
    yield from prompt(results)
    yield large(results)
    yield from (shares(results, run) for run in results["shares"])


def shares(results: Data, run: str) -> Section:
    """What a row of the targets spends its time on."""
    rows = [[part, f"{share:.0%}"] for part, share in results["shares"][run].items()]
    words = (
        OF_PROFILES[run]
        if run == "first finding"
        else f"{OF_PROFILES[run]} By cProfile; a library's time is its callers', unless it has a row."
    )
    return Section(f"Where the time goes: {run}", words, ("part", "share"), rows)


def end_to_end(results: Data) -> Section:
    """Whole runs of the check of an op."""
    words = (
        "`gradcheck.checking.check` over the nine ops as the library has them, with all their settings, in one "
        "process: Hypothesis draws the shapes and the references are traced inside the time; the libraries were loaded "
        "before. "
        f"Overhead over the op's own forward and backward: ×{significant(results['overhead']['warm'])} in a warm check."
    )
    rows = [
        [
            str(rate["examples"]),
            str(rate["laws"]),
            str(rate["checks"]),
            f"{rate['seconds']:.1f}",
            f"{rate['checks_per_second']:.0f}",
            f"{rate['checks_per_cpu_second']:.0f}",
        ]
        for rate in [*results["end_to_end"], results["all_laws"]]
    ]
    if library := results["library"]:
        words += (
            f" The whole library, `gradcheck check` at its defaults on {library['cores']} cores: "
            f"{library['ops']} ops in {library['seconds']:.1f} s, exit code {library['exit_code']}."
        )
    headings = ("examples per op", "laws", "checks", "seconds", "checks per second", "per CPU second")
    return Section("End to end", words, headings, rows)


def sizes(results: Data) -> Section:
    """Cost against size."""
    words = (
        "Ours, one warm check, CPU time; rows of 10. Forward calls: the most in any of the cases at that size, five up "
        "to 10,000 elements and one above. A checker that moves one element at a time calls the forward twice for each."
    )
    rows = [
        [
            row["op"],
            f"{row['elements']:,}",
            milliseconds(row["seconds"]),
            f"×{significant(row['over_own_work'])}",
            str(row["forward_calls"]),
            "yes" if row["passed"] else "**no**",
        ]
        for row in results["scaling"]
    ]
    headings = ("op", "elements", "ms", "over forward + backward", "forward calls", "let pass")
    return Section("Cost against size", words, headings, rows)


def large(results: Data) -> Section:
    """The lecture's cases."""
    words = (
        "The first check in its process, libraries loaded. Peak: growth of the largest resident set during the check; "
        "allocated: the most that NumPy and Python held at once, in a second check. The Jacobian of the max gate "
        "would be 1.3 TB."
    )
    cases = {"max gate, 100 × 4096": "lecture_case", "net of 101,000 parameters, batch of 64": "net_case"}
    rows = [
        [
            title,
            f"{results[key]['seconds']:.2f}",
            f"{results[key]['cpu_seconds']:.2f}",
            f"{results[key]['peak_mb']:.0f}",
            f"{results[key]['traced_mb']:.0f}",
            "yes" if results[key]["passed"] else "**no**",
        ]
        for title, key in cases.items()
    ]
    headings = ("case", "seconds", "CPU seconds", "peak, MB", "allocated, MB", "let pass")
    return Section("The lecture's large cases", words, headings, rows)


def large_points(results: Data) -> Iterator[Section]:
    """Checks at a million elements."""
    if results["large_points"]:
        words = (
            "`at=` a point of a million elements. Pairs: CPU time over that of one forward and backward. Arrays: the "
            "most memory beyond the op's own, in arrays as large as all inputs together."
        )
        headings = ("op", "check", "elements", "seconds", "pairs", "arrays", "forward calls", "backward calls")
        rows = [
            [
                row["op"],
                row["check"],
                f"{row['elements']:,}",
                f"{row['seconds']:.2f}",
                significant(row["pairs"]),
                significant(row["arrays"]),
                str(row["forward_calls"]),
                str(row["backward_calls"]),
            ]
            for row in results["large_points"]
        ]
        yield Section("A million elements at a point", words, headings, rows)


def graphs(results: Data) -> Section:
    """Cost against depth."""
    graph = results["graph"]
    words = (
        f"All laws on {graph['examples']} examples of a chain of layers, matmul, bias and activation, each with inputs "
        f"of its own; CPU time. Slope of the logarithms: {significant(graph['slope'])}."
    )
    rows = [
        [str(row["layers"]), f"{row['seconds']:.1f}", milliseconds(row["seconds"] / row["layers"]), row["status"]]
        for row in graph["rows"]
    ]
    return Section("Deep graphs", words, ("layers", "seconds", "ms per layer", "verdict"), rows)


def failing_code(results: Data) -> Section:
    """Mutants beside the right code."""
    failing = results["failing"]
    words = (
        f"All laws on {failing['examples']} examples, smallest counterexample and cause included, beside the right "
        f"code at as many; CPU time. All together ×{significant(failing['ratio'])}, median "
        f"×{significant(failing['median'])}."
    )
    rows = [
        [
            row["name"],
            f"{row['right']:.2f}",
            f"{row['wrong']:.2f}",
            f"×{significant(row['ratio'])}",
            "yes" if row["caught"] else "**no**",
        ]
        for row in failing["rows"]
    ]
    return Section("Failing code", words, ("mutant", "right, s", "wrong, s", "ratio", "caught"), rows)


def prompt(results: Data) -> Iterator[Section]:
    """The first finding."""
    if found := results["first_finding"]:
        words = (
            f"`gradcheck check examples/wrong_affine.py` on a terminal; medians of {found['times']} runs, wall clock."
        )
        row = [f"{found[key]:.2f}" for key in ("import_jax", "first_finding", "whole")]
        yield Section("The first finding", words, ("import jax, s", "first finding, s", "whole, s"), [row])
