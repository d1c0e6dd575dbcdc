"""The command line."""

from gradcheck.cli.commands import main as main
