"""`python -m network.i18n`: brings the catalogues up to date; exit code 1 while a translation is missing."""

import sys

from network.i18n.catalogue import po_path
from network.i18n.update import untranslated, update

for language, count in (missing := update()).items():
    sys.stdout.write(f"{language}: {count} to translate\n")
    for message in untranslated(po_path(language)):
        sys.stdout.write(f"  {message}\n")
sys.exit(1 if any(missing.values()) else 0)
