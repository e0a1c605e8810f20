"""The chat's front door; `regional-qa serve` is the same with flags."""

from regional_qa.cli import main

if __name__ == "__main__":
    raise SystemExit(main(["serve"]))
