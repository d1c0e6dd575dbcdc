"""The format `html`: one page that holds all of itself, readable without its script."""

import base64
import hashlib
from importlib.resources import files

from gradcheck.records.results import Run
from gradcheck.report.context import ReportContext
from gradcheck.report.html.environment import SHARED_PACKAGE, load_environment
from gradcheck.report.html.error_strip import draw_shared_axis
from gradcheck.report.html.op_section import TONES
from gradcheck.report.html.run_page import build_run_page
from gradcheck.report.renderer import Renderer


class HTMLRenderer:
    """The format `html`, for a browser."""

    name = "html"
    suffix = ".html"
    shows_comparison = True

    def render(self, run: Run, context: ReportContext) -> str:
        """Write the whole page, also where a brief report is enough."""
        from markupsafe import Markup

        script = files(SHARED_PACKAGE).joinpath("templates/run.js").read_text(encoding="utf-8")
        return (
            load_environment()
            .get_template("run.html")
            .render(
                page=build_run_page(run, context),
                tones=TONES,
                axis=draw_shared_axis(),
                script=Markup(script),
                digest=digest_script(script),
            )
        )


def digest_script(script: str) -> str:
    """Return the digest by which a browser knows the only script that it may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


HTML: Renderer = HTMLRenderer()
