"""What makes the drawings of a page answer to a pointer? The chart library, out of an installed package."""

from __future__ import annotations

from functools import lru_cache

import vl_convert

_SNIPPET = "window.vegaEmbed = vegaEmbed;"


@lru_cache(maxsize=1)
def chart_library() -> str:
    """Return Vega, Vega-Lite and their embedding as one script, safe inside an HTML script element.

    It comes out of vl-convert, which draws the still charts with the same versions: nothing is downloaded,
    and no copy of it is kept with the package.
    """
    script: str = vl_convert.javascript_bundle(_SNIPPET)
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")
