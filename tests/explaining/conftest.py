"""Networks of every kind, built once for a file of tests."""

from typing import Any

import pytest


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a kind's network, built when it is first asked for."""
    from tests.explaining.made_maps import KINDS  # with Keras, which other tests here do without
    from tests.learning import made_backbone

    root, built = tmp_path_factory.mktemp("weights"), {}
    with pytest.MonkeyPatch.context() as patch:
        made_backbone.write_tiny(root)
        made_backbone.install(patch, root)
        file = root / made_backbone.SOURCE.keras / made_backbone.SOURCE.file

        def network(kind: str) -> Any:
            if kind not in built:
                built[kind] = KINDS[kind](file)
            return built[kind]

        yield network
