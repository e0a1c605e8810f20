"""The chat's front door: settle the settings, then serve. `regional-qa serve` does the same with flags."""

import sys

from regional_qa.errors import RegionalQAError
from regional_qa.settings import Settings
from regional_qa.web import serve

if __name__ == "__main__":
    try:
        serve(Settings.load())
    except RegionalQAError as fault:
        sys.exit(f"error: {fault}")
