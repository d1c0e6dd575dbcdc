"""Why a result is wrong: mistakes that reproduce it in every case looked at, named in words, and edits of the code that
make it right."""
