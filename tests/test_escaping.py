"""Text from user code is one line of printable characters, of bounded length."""

import unicodedata

import pytest

from gradcheck.escaping import cut_text, escape_lines, escape_unprintable, measure_longest_run


def test_a_long_message_is_cut_and_its_length_told():
    assert cut_text("A" * 5_000_000) == "A" * 300 + "… (5,000,000 characters)"
    assert cut_text("A" * 300) == "A" * 300


def test_what_was_cut_is_not_cut_again():
    once = f"backward raised ValueError: {cut_text('A' * 5000)}"
    assert cut_text(once) == once
    assert cut_text(f"{'B' * 5000}{once}").endswith(f"… ({5000 + len(once):,} characters)")


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("one\ntwo\r\tthree", r"one\ntwo\r\tthree"),
        ("\u202eabc\u2066", r"\u202eabc\u2066"),
        ("\ud800", r"\ud800"),
        ("\x9b31m\x7f", r"\x9b31m\x7f"),
        ("\u2028\U000e0001", r"\u2028\U000e0001"),
        ("β × − ± … Größe 値", "β × − ± … Größe 値"),
    ],
)
def test_what_cannot_be_printed_is_written_as_python_writes_it(raw, written):
    assert escape_unprintable(raw) == written


def test_no_character_of_any_kind_gets_through_that_is_control_or_format():
    every = "".join(map(chr, range(0x11000)))
    assert {unicodedata.category(c) for c in escape_unprintable(every)} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()


def test_lines_stay_where_they_belong_to_the_text():
    assert escape_lines("a\n\x1bb\n") == "a\n\\x1bb\n"


def test_a_fence_is_measured():
    assert measure_longest_run("a ``` b ```` c `", "`") == 4
    assert measure_longest_run("abc", "`") == 0
