"""Which drawing of a graph can be read: each scene that is asked about is laid out once in one row."""

from __future__ import annotations

from collections.abc import Callable

from viz.drawing import Drawing
from viz.graph.scene import Scene
from viz.layout.engines import Engine
from viz.layout.sheet import PLAIN, Sheet
from viz.layout.tight import SETTINGS, Setting, plain
from viz.theme import THEME, Theme, themed


class Fitting:
    """The judge of the scenes that `viz.graph.build.viewed` tries.

    Attributes:
        legible: whether the last scene that was asked about can be read.
    """

    def __init__(
        self,
        theme: Theme | str = THEME,
        engine: Engine = "embedded",
        sheet: Sheet = PLAIN,
        prepared: Callable[[Scene], Scene] = lambda scene: scene,
    ) -> None:
        self.theme, self.engine, self.sheet, self.prepared = themed(theme), engine, sheet, prepared
        self.legible = True
        self._setting: Setting = plain
        self._drawings: dict[object, Drawing] = {}

    def fits(self, scene: Scene) -> bool:
        """Whether a scene can be read, with one of the settings that make it smaller where it is not as it is."""
        settings = SETTINGS[scene.style] if scene.rows == "auto" else (plain,)
        ready = self.prepared(scene)
        legible = (setting for setting in settings if self._drawn(ready, setting).is_legible())
        setting = next(legible, None)
        self.legible = setting is not None
        self._setting = setting or plain
        return self.legible

    def drawing(self, scene: Scene) -> Drawing:
        """The scene as it could be read, if it is the one that was asked about last."""
        return self._drawn(self.prepared(scene), self._setting)

    def _drawn(self, scene: Scene, setting: Setting) -> Drawing:
        scene = setting(scene, self.theme)
        key = scene.nodes, scene.edges, scene.column, scene.style, scene.by_index, frozenset(scene.latex.items())
        before = self._drawings.get(key)
        self._drawings[key] = before.of(scene) if before else Drawing(scene, self.theme, self.engine, self.sheet)
        return self._drawings[key]
