"""`python -m network` is the `vecinos` command."""

from network.cli import main

if __name__ == "__main__":
    main()
