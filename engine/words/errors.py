"""Errors that a user can cause and a user can mend."""


class CxrError(Exception):
    """Something a user can fix: the message says what was expected, what came and what to do."""


class UnreadableImage(CxrError):
    """One file that is no usable image; it costs only itself."""


class NotFound(CxrError):
    """A run, source, preset or key that does not exist (any more)."""


class Cancelled(Exception):
    """The user asked a job to stop; not an error."""
