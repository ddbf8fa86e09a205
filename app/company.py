"""The snapshot that serves, shared by all sessions of this server."""

import os
from pathlib import Path

import streamlit as st

from index.search import IndexReader, Snapshot
from recommender.policy import Policy, parse_policy


@st.cache_resource
def _reader(index_dir: str) -> IndexReader:
    return IndexReader(Path(index_dir))


@st.cache_resource(max_entries=2)
def _policy(snapshot_id: str, text: str) -> Policy:
    return parse_policy(text, f"policy of snapshot {snapshot_id}")


def current_snapshot() -> Snapshot:
    """Give the published snapshot; a newly published one takes over by itself."""
    return _reader(os.environ["LR_INDEX"]).current()


def current_policy(snapshot: Snapshot) -> Policy:
    """Give the rules and weights that the snapshot was published with."""
    return _policy(snapshot.snapshot_id, snapshot.policy_text)
