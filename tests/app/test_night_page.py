"""The administrator's page of the night: it offers only what can be done."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.services.services import open_services
from app.services.settings import Settings
from app.store.migration import migrate
from app.views.parts import company
from index.disk.index_folder import IndexFolder
from index.encoder.protocol import EncoderSettings
from index.retrieval.plan import Plan
from index.snapshot.manifest import FORMAT, Manifest, Model
from tests.app.small_company import SmallSnapshot


def test_only_snapshots_that_can_serve_are_offered_to_roll_back_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = IndexFolder(tmp_path / "index")
    whole, older, damaged, _ = (publish(index, night) for night in range(4))
    of_another_format(index, older)
    (index.snapshot(damaged) / "manifest.json").write_bytes(b"{}")
    assert page(tmp_path, monkeypatch).selectbox[0].options == [shown(whole)]


def test_where_none_can_serve_none_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = IndexFolder(tmp_path / "index")
    of_another_format(index, publish(index, 0))
    publish(index, 1)
    drawn = page(tmp_path, monkeypatch)
    assert not drawn.selectbox
    assert "No earlier snapshot is kept." in [text.value for text in drawn.markdown]


def page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    url = f"sqlite:///{folder / 'store.sqlite'}"
    migrate(url)
    settings = Settings.model_validate({"index": folder / "index", "store": url})
    opened = open_services(settings, current=SmallSnapshot)
    monkeypatch.setattr(company, "services", lambda: opened)
    drawn = AppTest.from_function(_page).run()
    assert not drawn.exception
    return drawn


def _page() -> None:  # its source runs by itself
    from app.services.identity import Identity
    from app.views import night

    night.show(Identity("BOSS", is_admin=True))


def publish(index: IndexFolder, night: int) -> str:
    """Write as much of a snapshot as the page reads, and let it serve."""
    report = json.dumps({"people": {}, "seconds": {}})
    manifest = Manifest(
        format=FORMAT, files={}, created_at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(night),
        as_of="2026-11-01",
        model=Model(name="none", revision="0", dim=2, settings=EncoderSettings()),
        n_people=11, n_passages=22, plan=Plan(kind="flat"), versions={}, policy_sha256="",
    )  # fmt: skip
    name = manifest.snapshot_id
    folder = index.snapshots / name
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(manifest.text(), encoding="utf-8")
    (folder / "report.json").write_text(report, encoding="utf-8")
    index.record("publish", snapshot=name, pointed=True)
    index.point_to(name)
    return name


def of_another_format(index: IndexFolder, name: str) -> None:
    """Turn a published snapshot into one that another version wrote."""
    manifest = json.loads((index.snapshot(name) / "manifest.json").read_text(encoding="utf-8"))
    text = json.dumps(manifest | {"format": FORMAT - 1})
    older = f"{name.split('-')[0]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    (index.snapshot(name) / "manifest.json").write_text(text, encoding="utf-8")
    index.snapshot(name).rename(index.snapshots / older)
    index.record("publish", snapshot=older, published=True)


def shown(name: str) -> str:
    """Write a snapshot of `publish` as people read it; its day is in its id."""
    return f"{int(name[6:8])} November 2026, 00:00 UTC, 11 people"
