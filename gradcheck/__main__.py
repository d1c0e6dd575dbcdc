"""`python -m gradcheck`: the command line."""

from gradcheck.cli import main

if __name__ == "__main__":
    main()
