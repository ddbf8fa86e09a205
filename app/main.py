"""The pages: who is asking, and where they can go."""

import streamlit as st

from app.views import find

st.set_page_config(page_title="learning-relationships", page_icon="🌱", layout="centered")
st.navigation([st.Page(find.show, title="Find", url_path="find", default=True)]).run()
