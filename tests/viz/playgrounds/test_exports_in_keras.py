"""Keras code that the playground exports, run: it predicts what the page does."""

import numpy as np
import pytest

from tests.nn.test_parity import keras
from tests.viz.playgrounds import test_playground_in_browser as pages
from tests.viz.playgrounds.test_playground_in_browser import EXPORTED, PLANE, PREDICTED, epochs, exported

pytestmark = pytest.mark.parity
browser_page, file, opened = pages.browser_page, pages.file, pages.opened


@pytest.mark.parametrize("link", EXPORTED)
def test_keras_predicts_what_the_page_does(link, opened):
    keras()
    tab = opened(link + "&seed=0.1")
    epochs(tab, 3)
    names = {}
    exec(exported(tab, "Keras"), names)  # as a user does
    told = names["predict"](*map(np.array, PLANE))
    assert np.asarray(told) == pytest.approx(np.array(tab.evaluate(PREDICTED)), abs=1e-6)
