"""The images' contents: what the Dockerfile copies is there, reaches the build, and is enough for every program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.deploy.shape import DOCKERFILE, ROOT, copied, services

STARTS = {
    "worker": "import worker",
    "api": "import starter.api.__main__",
    "setup-database": "import casewright.console, starter.cli",
    "setup-temporal": "import casewright.console, starter.cli",
    "sandbox": "import sandbox.__main__",
}
NEVER_IN_THE_PRODUCT = {"sandbox", "tests", "bench"}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the Dockerfile copies, and nothing else."""
    folder = tmp_path_factory.mktemp("image")
    for source in copied():
        path = ROOT / source
        if path.is_dir():
            shutil.copytree(path, folder / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, folder / source)
    return folder


def test_what_is_copied_is_what_reaches_the_build() -> None:
    ignore = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignore
    assert {line.removeprefix("!") for line in ignore if line.startswith("!")} == set(copied())


def test_the_product_is_built_without_the_sandbox() -> None:
    product = DOCKERFILE.read_text(encoding="utf-8").partition("FROM build AS build-sandbox")[0]
    assert not [name for name in NEVER_IN_THE_PRODUCT if f"COPY {name}" in product]
    assert "--group sandbox" not in product


@pytest.mark.parametrize("service", STARTS)
def test_what_is_copied_is_enough_for(service: str, image: Path) -> None:
    # Our own package is installed for development, so the checkout is on the path: it must be found in the image.
    check = f"{STARTS[service]}; import casewright; assert casewright.__file__.startswith({str(image)!r})"
    environment = {**os.environ, "PYTHONPATH": str(image), "PYTHONDONTWRITEBYTECODE": "1"}
    without_checkout = f"import sys; sys.path = [p for p in sys.path if p != {str(ROOT)!r}]; {check}"
    command = [sys.executable, "-P", "-c", without_checkout]
    done = subprocess.run(command, env=environment, cwd=image, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_every_service_of_ours_is_tried() -> None:
    assert STARTS.keys() == {name for name, service in services().items() if service.build}


def test_our_images_carry_the_projects_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    ours = {service.image.rpartition(":")[2] for service in services().values() if service.build}
    assert ours == {version}
