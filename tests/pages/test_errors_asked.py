"""The wait for heat maps in Explain's view of the errors."""

from streamlit.testing.v1 import AppTest


def stopped_page() -> None:
    import threading

    import streamlit as st

    from pages.shared import errors_asked, working

    begin = threading.Event()

    def make(report: working.Report) -> str:
        begin.wait()
        report(3, 8, "Asking")
        return "All eight."

    work = working.Work(make, "stopped", "Asking")
    if not st.session_state.get("again"):
        work.cancel()
    begin.set()
    work.wait()

    def forget() -> None:
        st.session_state["again"] = True

    st.write(errors_asked.awaited(lambda: work, forget, "test"))


def test_what_was_stopped_says_so_and_goes_on() -> None:
    app = AppTest.from_function(stopped_page, default_timeout=300).run()
    assert "**Stopped** after" in app.markdown[0].value
    app.button[0].click().run()
    assert app.markdown[0].value == "All eight."
