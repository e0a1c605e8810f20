"""``python -m regional_qa`` is ``regional-qa``."""

from regional_qa.cli import main

raise SystemExit(main())
