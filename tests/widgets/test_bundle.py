"""The packed bundle that widgets carry."""

from __future__ import annotations

import base64
import gzip
import json
import re

from tfmini_widgets import bundle


def test_the_packed_module_holds_the_built_files_unchanged() -> None:
    packed = re.search(r'const packed = "([A-Za-z0-9+/=]+)"', bundle.module_source())
    assert packed is not None
    content = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    assert content["script"] == (bundle.STATIC / "tfmini.js").read_text(encoding="utf-8")
    assert content["style"] == (bundle.STATIC / "tfmini.css").read_text(encoding="utf-8")


def test_the_packed_module_is_less_than_half_of_the_built_files() -> None:
    built = sum((bundle.STATIC / name).stat().st_size for name in ("tfmini.js", "tfmini.css"))
    assert len(bundle.module_source()) < built / 2
