"""A visitor without a browser: speaks Streamlit's websocket, so that only the server is timed."""

import json
import time
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.sync.client import ClientConnection, connect

# The name under which Streamlit 1.67 takes the triggers of a component.
TRIGGERS = "$$STREAMLIT_INTERNAL_KEY_{}__events"
LARGE = 64 * 2**20  # bytes of one message


@dataclass
class Visitor:
    """One session on a page; remembers its components and which fragment redraws them."""

    socket: ClientConnection
    page: str  # the page's name in the address, "" for Home
    query: str
    components: dict[str, tuple[str, str]] = field(default_factory=dict)  # name -> id, fragment
    widgets: dict[str, tuple[str, str]] = field(default_factory=dict)  # label -> id, fragment
    failures: int = 0

    @classmethod
    def on(cls, url: str, page: str, **query: str) -> Self:
        """Open a session at `url` (http://...) and draw the page once."""
        socket = connect(
            url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=LARGE,
        )
        visitor = cls(socket, page, urlencode(query))
        visitor.rerun()
        return visitor

    def rerun(self) -> float:
        """Run the whole page; return the seconds until the server is done."""
        return self._run(ClientState(query_string=self.query, page_name=self.page))

    def tell(self, name: str, event: str, value: object) -> float:
        """Pull a component's trigger, as its script does; return its fragment's seconds."""
        widget, fragment = self.components[name]
        told = WidgetState(id=TRIGGERS.format(widget))
        told.json_trigger_value = json.dumps([{"event": event, "value": value}])
        state = ClientState(query_string=self.query, page_name=self.page, fragment_id=fragment)
        state.widget_states.CopyFrom(WidgetStates(widgets=[told]))
        return self._run(state)

    def set(self, label: str, value: float | str | list[str]) -> float:
        """Give a slider, number field, list or row of buttons a value; return its part's seconds.

        A list's value is what it shows.
        """
        widget, fragment = self.widgets[label]
        state = WidgetState(id=widget)
        if isinstance(value, list):
            state.string_array_value.data[:] = value
        elif isinstance(value, str):
            state.string_value = value
        elif isinstance(value, float):
            state.double_array_value.data[:] = [value]
        else:
            state.int_value = value
        client = ClientState(query_string=self.query, page_name=self.page, fragment_id=fragment)
        client.widget_states.CopyFrom(WidgetStates(widgets=[state]))
        return self._run(client)

    def close(self) -> None:
        """End the session."""
        self.socket.close()

    def _run(self, state: ClientState) -> float:
        started = time.perf_counter()
        self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        while not self._finished(self._next()):
            pass
        return time.perf_counter() - started

    def _next(self) -> ForwardMsg:
        data = self.socket.recv(timeout=120)
        return ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())

    def _finished(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "delta":
            element = message.delta.new_element
            if element.HasField("bidi_component"):
                component = element.bidi_component
                place = component.id, message.delta.fragment_id
                self.components[component.component_name] = place
            widget = getattr(element, element.WhichOneof("type") or "", None)
            if getattr(widget, "label", "") and getattr(widget, "id", ""):
                self.widgets[widget.label] = widget.id, message.delta.fragment_id
            self.failures += element.HasField("exception")
        if kind != "script_finished":
            return False
        done = ForwardMsg.ScriptFinishedStatus.Name(message.script_finished)
        return done != "FINISHED_EARLY_FOR_RERUN"
