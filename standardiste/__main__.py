"""`python -m standardiste`, the same as the command `standardiste`."""

import sys

from standardiste.cli import main

sys.exit(main())
