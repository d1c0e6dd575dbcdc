"""The site of the documentation: sphinx-build -W -b html docs build/docs."""

import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

import generated_pages

import gradcheck

project = "gradcheck"
version = release = gradcheck.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click"]
myst_heading_anchors = 3
exclude_patterns = ["generated/*-table.md"]  # which other pages include
autodoc_typehints = "none"  # the docstrings give the types in words
autodoc_member_order = "bysource"
html_theme = "furo"
html_title = f"gradcheck {version}"
html_show_copyright = False
html_copy_source = False


def adapt_source(app, docname, source):
    """Put the list of causes in place of the page that holds all, and adapt links that leave the folder."""
    text = generated_pages.write_cause_index() if docname == "causes" else source[0]
    source[0] = generated_pages.adapt_links(text, DOCS, (DOCS / docname).parent)


def setup(app):
    """Write the pages and pictures that come from the code before Sphinx reads the folder."""
    generated_pages.write_generated_pages(DOCS)
    app.connect("source-read", adapt_source)
