"""The programs of reference/loops hold on the vectors, and fail where the vectors or they are wrong."""

import re
import shlex
import shutil
import subprocess
import sys

import pytest

from tests.reference.vector_files import README, REFERENCE, read_vectors, write

COMMANDS = {
    re.search(r"loops/softmax\.(\w+)", line)[1]: line
    for line in README.partition("```\n")[2].partition("```")[0].splitlines()
}
"""The commands of the README by the suffix of the program: in one line, all that compiles and runs it."""
CASES = len(read_vectors()["cases"])


def run(*command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def split_command(language):
    """The words that compile a program, none where nothing does, and those that run it."""
    steps = [shlex.split(step) for step in COMMANDS[language].split("&&")]
    return (steps[0] if len(steps) > 1 else []), steps[-1]


def prepare(language, folder, edit=lambda source: source):
    """Lay out the vectors and one program, edited and compiled, in a folder as the README has it.  Return the words
    that run it on vectors."""
    compiler, program = split_command(language)
    tool = (compiler or program)[0]
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not on PATH: loops/softmax.{language} cannot be run")
    (folder / "loops").mkdir()
    source = (REFERENCE / "loops" / f"softmax.{language}").read_text(encoding="utf-8")
    (folder / "loops" / f"softmax.{language}").write_text(edit(source), encoding="utf-8")
    shutil.copy(REFERENCE / "softmax.json", folder)
    if compiler:
        compiled = run(*compiler, folder=folder)
        assert compiled.returncode == 0, compiled.stderr
    return [sys.executable if word == "python3" else word for word in program[:-1]]


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """For each language the folder and the words that run its program, made when first asked for."""
    made = {}

    def get(language):
        if language not in made:
            folder = tmp_path_factory.mktemp(language)
            made[language] = folder, prepare(language, folder)
        return made[language]

    return get


languages = pytest.mark.parametrize(
    "language", ["py", "c", pytest.param("rs", marks=pytest.mark.slow), pytest.param("jl", marks=pytest.mark.slow)]
)


def run_on(programs, language, text, folder):
    """Run a program on a file with this text."""
    at, words = programs(language)
    (folder / "vectors.json").write_text(text, encoding="utf-8")
    return run(*words, str(folder / "vectors.json"), folder=at)


def drop(words):
    """The edit of a program that leaves out the last of some words."""

    def edit(source):
        before, found, after = source.rpartition(words)
        assert found
        return before + after

    return edit


def change_digit(number, place):
    """A number with another digit at a place, counted from 1."""
    digits = [i for i, character in enumerate(number.partition("e")[0]) if character.isdigit()]
    i = digits[place - 1]
    return f"{number[:i]}{(int(number[i]) + 1) % 10}{number[i + 1 :]}"


def test_the_readme_has_a_command_for_each_program_and_no_other():
    assert {f"softmax.{language}" for language in COMMANDS} == {path.name for path in REFERENCE.glob("loops/*")}
    assert [split_command(language)[1][-1] for language in COMMANDS] == ["softmax.json"] * len(COMMANDS)


@languages
def test_all_cases_hold(programs, language):
    folder, words = programs(language)
    done = run(*words, "softmax.json", folder=folder)
    assert (done.stdout, done.stderr, done.returncode) == (f"{CASES} cases: all hold\n", "", 0)
    assert f"`{done.stdout.strip()}`" in README


@languages
@pytest.mark.parametrize(("part", "name"), [("expected", "y"), ("gradients", "x")])
def test_the_eighth_digit_of_a_number_is_looked_at(programs, language, part, name, tmp_path):
    data = read_vectors()
    values = data["cases"][3][part][name]["values"]
    values[0] = change_digit(values[0], 8)
    done = run_on(programs, language, write(data), tmp_path)
    assert done.returncode == 1
    failing, last = done.stdout.splitlines()
    assert failing.startswith(f"case 4 (ordinary): {part} {name}: an error of ")
    assert last == f"{CASES} cases: 1 fail"


@languages
@pytest.mark.parametrize("part", ["inputs", "upstream"])
def test_another_input_or_upstream_fails(programs, language, part, tmp_path):
    data = read_vectors()
    (array,) = data["cases"][0][part].values()
    array["values"][0] = (float.fromhex(array["values"][0]) * (1 + 1e-8)).hex()
    done = run_on(programs, language, write(data), tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, f"{CASES} cases: 1 fail")


@languages
def test_a_file_that_ends_too_early_fails(programs, language, tmp_path):
    text = (REFERENCE / "softmax.json").read_text(encoding="utf-8")
    done = run_on(programs, language, text[: len(text) // 2].rpartition("\n")[0] + "\n", tmp_path)
    assert done.returncode != 0
    assert "all hold" not in done.stdout


@languages
def test_a_file_without_cases_fails(programs, language, tmp_path):
    done = run_on(programs, language, write({**read_vectors(), "cases": []}), tmp_path)
    assert (done.stdout, done.returncode) == ("0 cases: nothing to test\n", 1)


@pytest.mark.slow
@pytest.mark.parametrize("language", COMMANDS)
def test_a_backward_without_the_subtraction_fails(language, tmp_path):
    words = prepare(language, tmp_path, drop(" - mean"))
    done = run(*words, "softmax.json", folder=tmp_path)
    *failing, last = done.stdout.splitlines()
    assert done.returncode == 1
    assert {re.search(r"\): (.*):", line)[1] for line in failing} == {"gradients x"}
    assert last == f"{CASES} cases: {len(failing)} fail"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "largest"),
    [("py", " - max(x)"), ("c", " - largest"), ("rs", " - largest"), ("jl", " .- maximum(row)")],
)
def test_exponentials_that_overflow_fail_where_the_flag_says_so(language, largest, tmp_path):
    words = prepare(language, tmp_path, drop(largest))
    done = run(*words, "softmax.json", folder=tmp_path)
    *failing, _ = done.stdout.splitlines() or [""]
    assert done.returncode == 1
    assert all("overflow-beyond" in line for line in failing)
    assert failing or "ZeroDivisionError" in done.stderr
