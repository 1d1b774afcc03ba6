"""HTML of a mail, made harmless: what may be kept, and nothing else."""

import nh3

#: Longer pages are shown as text only; the original stays downloadable.
LONGEST = 512 * 1024

_TAGS = nh3.ALLOWED_TAGS | {"font", "center", "u", "s", "strike", "big", "small", "caption"}
_LOOKS = {"align", "valign", "bgcolor", "color", "width", "height", "border", "dir", "title"}
_ATTRIBUTES: dict[str, set[str]] = {
    **{tag: set(names) | _LOOKS for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": _LOOKS,
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "title"},
    "font": {"color", "face", "size"},
    "td": {"colspan", "rowspan", *_LOOKS},
    "th": {"colspan", "rowspan", *_LOOKS},
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS - {"map", "area"},
    clean_content_tags={"script", "style", "head", "title", "template", "noscript"},
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)


def clean(html: str | None) -> str:
    """The page without scripts, styles, forms, frames or active addresses; empty when too long.

    Remote images keep their address; the page that shows them decides whether they load.
    """
    if not html or len(html) > LONGEST:
        return ""
    return _CLEANER.clean(html)
