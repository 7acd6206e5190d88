"""Home: what this is, what to do first, how things stand."""

import streamlit as st

from pages.shared import layout, standing, wording

standing.first_run()
layout.header("What does a chest X-ray model see, and when is it wrong?", ":material/radiology:")

text, pictures = st.columns([2, 3], gap="medium", vertical_alignment="center")
with text:
    st.markdown(
        "CXR Lab trains small neural networks to tell pneumonia from healthy lungs on chest "
        "X-rays of children, and lets you question them: whom they miss, whom they alarm for "
        "nothing, and what in the picture made them decide. Nothing has to be programmed."
    )
    st.warning(wording.NOTICE, icon=":material/health_and_safety:")
with pictures:
    standing.pictures()

with st.container(horizontal=True, horizontal_alignment="distribute"):
    st.subheader("What to do first", anchor=False, width="content")
    layout.link("pages/reports.py", "Or begin with the reports", ":material/history_edu:")
one, two, three = st.columns(3)
with one:
    standing.step(
        1,
        "Question a trained model",
        "Move the threshold and watch which children are missed and which are alarmed for nothing.",
        "pages/evaluate.py",
        "See its mistakes",
    )
with two:
    standing.step(
        2,
        "Look at the X-rays",
        "Browse the images, count the classes, find copies and patients on both sides of a split.",
        "pages/data.py",
        "Open the data",
    )
with three:
    standing.step(
        3,
        "Train your own",
        "Take a preset, change what you like and watch it learn. A small one takes a minute.",
        "pages/train.py",
        "Train a model",
    )

st.subheader("How things stand", anchor=False)
standing.show_state()
st.subheader("Trained models to begin with", anchor=False)
standing.show_showcase()
