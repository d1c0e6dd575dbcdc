"""Reports as tab-separated values: a line for each op and law, with the status."""

from gradcheck import Run
from gradcheck.report.context import ReportContext


class TSVRenderer:
    """The format `tsv`."""

    name = "tsv"
    suffix = ".tsv"
    shows_comparison = False

    def render(self, run: Run, context: ReportContext) -> str:
        """Write op, law, status and the witnesses of the op."""
        return "".join(
            f"{result.op}\t{verdict.law}\t{verdict.status}\t{', '.join(result.witnesses)}\n"
            for result in run.results
            for verdict in result.verdicts
        )


RENDERER = TSVRenderer()
