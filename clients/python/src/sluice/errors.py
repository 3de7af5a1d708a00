"""What can go wrong, as exceptions: one class for each code of PROTOCOL.md section 6."""

from typing import Any, Dict, Mapping, Optional, Type


class Error(Exception):
    """Everything that Sluice raises. Match the class or `code`, never the text.

    Attributes:
        code: the protocol's name for the case, such as ``notFound``.
        message: for people: what happened, to which repository and operation, what to do.
        retryable: the same request may succeed later.
        outcome_known: True: nothing was changed. False: the write may have happened.
        details: what the daemon adds; ``reason`` tells the cases of one code apart.
    """

    code = "backendError"
    _retryable = False

    def __init__(
        self, message: str, *, code: Optional[str] = None, retryable: Optional[bool] = None, outcome_known: bool = True,
        details: Optional[Mapping[str, Any]] = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.retryable = type(self)._retryable if retryable is None else retryable
        self.outcome_known = outcome_known
        self.details: Dict[str, Any] = dict(details or {})

    @property
    def reason(self) -> Optional[str]:
        """`details["reason"]`, if there is one."""
        reason = self.details.get("reason")
        return reason if isinstance(reason, str) else None

    def __reduce__(self) -> Any:
        # Worker pools hand errors from process to process: keyword arguments would get lost.
        return _rebuilt, (type(self), self.message, self.code, self.retryable, self.outcome_known, self.details)


class NotFound(Error):
    """No record matches."""

    code = "notFound"


class AlreadyExists(Error):
    """The id, the key or a unique index collides."""

    code = "alreadyExists"


class InvalidInput(Error):
    """The request breaks a rule; `reason` is ``undefinedRepository`` when the repository was never defined."""

    code = "invalidInput"


class BackendError(Error):
    """The engine failed in a way that no other class names."""

    code = "backendError"


class Unavailable(Error):
    """The engine, or the daemon, cannot be reached now."""

    code = "unavailable"
    _retryable = True


class DeadlineExceeded(Error):
    """The time for the request is over."""

    code = "deadlineExceeded"
    _retryable = True


class Overloaded(Error):
    """A queue or another bound is full."""

    code = "overloaded"
    _retryable = True


class TooLarge(Error):
    """A record, request or result is over a bound, named in the details ``limit`` and ``value``."""

    code = "tooLarge"


class Unauthorized(Error):
    """This process may not do this."""

    code = "unauthorized"


class Unsupported(Error):
    """This engine cannot do this."""

    code = "unsupported"


class ShuttingDown(Error):
    """The daemon is leaving."""

    code = "shuttingDown"
    _retryable = True


_CLASSES: Dict[str, Type[Error]] = {
    cls.code: cls
    for cls in (
        NotFound, AlreadyExists, InvalidInput, BackendError, Unavailable, DeadlineExceeded, Overloaded, TooLarge, Unauthorized,
        Unsupported, ShuttingDown,
    )
}


def _rebuilt(cls: Type[Error], message: str, code: str, retryable: bool, outcome_known: bool, details: Dict[str, Any]) -> Error:
    return cls(message, code=code, retryable=retryable, outcome_known=outcome_known, details=details)


def from_wire(value: Any) -> Error:
    """An error map as the daemon sends it. An unknown code is a `BackendError` that keeps the code's text (PROTOCOL.md section 6)."""
    if not isinstance(value, dict) or not isinstance(value.get(1), str):
        return BackendError("the daemon sent an error that is none")
    code = value[1]
    details = value.get(5)
    return _CLASSES.get(code, BackendError)(
        str(value.get(2, code)), code=code, retryable=value.get(3) is True, outcome_known=value.get(4) is not False,
        details={str(key): entry for key, entry in details.items()} if isinstance(details, dict) else None)


def located(error: Error, operation: str, repository: Optional[str]) -> Error:
    """The same error with where it happened before its message."""
    place = f"{operation} on repository '{repository}'" if repository is not None else operation
    if error.message.startswith(place):
        return error
    return _rebuilt(type(error), f"{place}: {error.message}", error.code, error.retryable, error.outcome_known, error.details)
