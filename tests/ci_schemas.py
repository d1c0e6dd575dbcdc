"""Files for CI, validated by the published schemas that check-jsonschema brings."""

import subprocess
import sys

OPTIONS = {
    "azure-pipelines": ("--data-transform", "azure-pipelines", "--regex-variant", "nonunicode"),
    "gitlab-ci": ("--data-transform", "gitlab-ci", "--regex-variant", "nonunicode"),
}
"""How files with expressions of their own are read, as the hooks of check-jsonschema do."""


def find_schema_errors(schema, file):
    """What a schema of check-jsonschema finds wrong in a file, "" where nothing is."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, *OPTIONS.get(schema, ()), str(file)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""
