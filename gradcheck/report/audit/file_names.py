"""Names of files made of names of students, which may hold anything."""

import hashlib
import re
import unicodedata

MAX_NAME_LENGTH = 80
"""Characters of a name that a file keeps: with a suffix below the limit of 255 bytes in any script."""
PLAIN_NAME = re.compile(r"[^\W_A-Z][\w ,()+@.-]*(?<![ .])")
RESERVED_NAME = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever their suffix."""


def name_student_file(student: str) -> str:
    """Make the name of a student's files, without suffix: other names for other students, also where a file system does
    not tell capitals; no path, no leading dot.

    A plain name in lower case stays as it is; another one gets a digest of all of it behind what is safe of it.

    Examples
    --------
    >>> name_student_file("anna"), name_student_file("../Anna")
    ('anna', 'Anna-3ea758fb')
    """
    name = unicodedata.normalize("NFC", student)
    if name == student and is_plain_name(name):
        return name
    safe = re.sub(r"[^\w ,()+@.-]+", "-", name).strip("-. _")[:MAX_NAME_LENGTH].rstrip("-. ")
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe or 'student'}-{digest}"


def is_plain_name(name: str) -> bool:
    """Whether a name can be that of a file as it is, on every file system."""
    is_short = len(name) <= MAX_NAME_LENGTH
    return is_short and name == name.lower() and bool(PLAIN_NAME.fullmatch(name)) and not RESERVED_NAME.fullmatch(name)
