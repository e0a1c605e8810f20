"""The chat's front door: settings from flags, environment or regional-qa.toml, then serve. See `regional-qa serve --help`."""

import sys

from regional_qa.errors import RegionalQAError
from regional_qa.settings import Settings
from regional_qa.web import serve

if __name__ == "__main__":
    try:
        serve(Settings.load())
    except RegionalQAError as fault:
        sys.exit(f"error: {fault}")
