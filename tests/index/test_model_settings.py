"""A model's folder was written by somebody else: no code of it is run, and faults are told."""

import json

import pytest

from index.encoder.model_folder import find_model
from recommender.errors import ModelError

DIGITS = "9" * 5000
DEEP = "[" * 100_000
PLAIN = {
    "modules.json": json.dumps(
        [{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
         {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
    ),
    "config.json": '{"max_position_embeddings": 512}',
    "sentence_bert_config.json": '{"max_seq_length": 256}',
    "config_sentence_transformers.json": '{"prompts": {"query": "query: "}}',
    "tokenizer.json": "{}",
    "model.safetensors": "",
}  # fmt: skip


def module(kind="sentence_transformers.models.Transformer", path=""):
    return json.dumps([{"idx": 0, "path": path, "type": kind}])


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "model"
    (made / "1_Pooling").mkdir(parents=True)
    for name, text in PLAIN.items():
        (made / name).write_text(text)
    return made


def test_a_plain_folder_is_read(folder):
    found = find_model(str(folder))
    assert (found.max_tokens, found.query_prompt, found.pad_id) == (256, "query: ", 0)
    (folder / "sentence_bert_config.json").unlink()
    assert find_model(str(folder)).max_tokens == 512


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("modules.json", module("custom_st.Transformer"), "no code of a model is run"),
        ("modules.json", module("os.system"), "no code of a model is run"),
        ("modules.json", module("sentence_transformers"), "no code of a model is run"),
        ("modules.json", module("sentence_transformersx.models.T"), "no code of a model is run"),
        ("modules.json", module("sentence_transformers.models.T\n"), "no code of a model is run"),
        ("modules.json", module("user/repo--custom.Transformer"), "no code of a model is run"),
        ("modules.json", json.dumps([{"path": ""}]), "no code of a model is run"),
        ("modules.json", module(path="../.."), "outside of the model's"),
        ("modules.json", module(path="/etc"), "outside of the model's"),
        ("modules.json", module(path="\0"), "outside of the model's"),
        ("modules.json", "{}", "list of objects"),
        ("modules.json", "[1]", "list of objects"),
        ("modules.json", "[", "not valid JSON"),
        ("config.json", '{"auto_map": {"AutoModel": "evil.Model"}}', "no code of a model is run"),
        ("1_Pooling/config.json", '{"auto_map": {}}', "no code of a model is run"),
        ("config.json", f'{{"pad_token_id": {DIGITS}}}', "not valid JSON"),
        ("config.json", DEEP, "not valid JSON"),
        ("config.json", "[]", "a JSON object"),
        ("config.json", '{"pad_token_id": -1}', "'pad_token_id' must be a whole number"),
        ("config.json", '{"pad_token_id": [1]}', "'pad_token_id' must be a whole number"),
        ("sentence_bert_config.json", '{"max_seq_length": 1e400}', "'max_seq_length' must be"),
        ("sentence_bert_config.json", '{"max_seq_length": NaN}', "'max_seq_length' must be"),
        ("sentence_bert_config.json", '{"max_seq_length": "256"}', "'max_seq_length' must be"),
        ("sentence_bert_config.json", '{"max_seq_length": true}', "'max_seq_length' must be"),
        ("config_sentence_transformers.json", '{"prompts": []', "not valid JSON"),
        ("config_sentence_transformers.json", '{"prompts": "query"}', "object of texts"),
        ("config_sentence_transformers.json", '{"prompts": {"query": 1}}', "must hold texts"),
        (
            "config_sentence_transformers.json",
            '{"prompts": {"query": "\\ud800"}}',
            "must hold texts",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_file_before_anything_is_loaded(folder, name, text, says):
    (folder / name).write_text(text)
    with pytest.raises(ModelError, match=says) as told:
        find_model(str(folder))
    assert name in str(told.value)
    assert len(str(told.value)) < 1000


def test_a_text_of_another_encoding_is_told(folder):
    (folder / "config.json").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(ModelError, match="not valid JSON"):
        find_model(str(folder))
