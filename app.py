"""Home: what this is, what to do first, how things stand."""

from pages.shared import layout

layout.header("What makes a chest X-ray classifier right or wrong?", ":material/home:")
