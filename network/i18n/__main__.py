"""`python -m network.i18n`: brings the catalogues up to date; exit code 1 while a translation is missing."""

import sys

from network.i18n.catalogue import po_path
from network.i18n.update import untranslated, update


def main() -> int:
    """Update all catalogues and say what is still to translate; the exit code."""
    missing = update()
    for language, count in missing.items():
        sys.stdout.write(f"{language}: {count} to translate\n")
        sys.stdout.writelines(f"  {message}\n" for message in untranslated(po_path(language)))
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
