"""`python -m engine`: the product without its screens."""

import sys

from engine.cli import main

sys.exit(main())
