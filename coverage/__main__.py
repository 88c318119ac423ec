"""``python -m coverage`` is the command ``maillage``."""

import sys

from coverage.cli import main

if __name__ == "__main__":
    sys.exit(main())
