"""`python -m tarmac`: the command line, for when its script is not on the path."""

from tarmac.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
