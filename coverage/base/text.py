"""Text for comparing: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[^a-z0-9]+")
#: What Unicode's compatibility form does not take apart.
_SPELLED = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": "'", "–": "-", "—": "-"})


def folded(text: str) -> str:
    """Return a name without case, accents and punctuation: ``L'Île-d'Yeu`` -> ``l ile d yeu``."""
    bare = unicodedata.normalize("NFKD", text.translate(_SPELLED)).encode("ascii", "ignore")
    return _NOT_WORD.sub(" ", bare.decode("ascii").lower()).strip()
