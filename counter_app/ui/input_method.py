"""What must be said to Qt about Chinese typing before its application object is made."""

from __future__ import annotations

from collections.abc import Mapping

_ASKED = ("QT_IM_MODULE", "XMODIFIERS", "GTK_IM_MODULE", "INPUT_METHOD")


def prepare_input_method(environ: Mapping[str, str], *, platform: str) -> dict[str, str]:
    """The environment variables to set before the application is made; empty where nothing is to do.

    The Qt wheels carry no fcitx plug-in, but fcitx 5 answers as IBus. `platform` is `sys.platform`. A choice of the
    person other than fcitx is left alone.
    """
    if not platform.startswith("linux"):
        return {}
    chosen = environ.get("QT_IM_MODULE", "").lower()
    if chosen and not chosen.startswith("fcitx"):
        return {}
    is_fcitx = any("fcitx" in environ.get(name, "").lower() for name in _ASKED)
    return {"QT_IM_MODULE": "ibus"} if is_fcitx else {}
