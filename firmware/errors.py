"""One tree of errors. Each is also a builtin, so a caller may catch the one he knows.

An error text has the fact first, then the remedy. Readings that are late or wrong are never
exceptions: they are status flags inside a frame.
"""


class AcumatError(Exception):
    """Base of everything this firmware raises on purpose."""


class RecordingError(AcumatError, ValueError):
    """A file is not a recording that can be read."""


class ConfigError(AcumatError, ValueError):
    """A settings file has unknown keys or values out of bounds; the text lists every one."""


class CalibrationError(AcumatError, ValueError):
    """A calibration cannot be read or was refused."""


class TransitionError(AcumatError, RuntimeError):
    """An event that cannot happen in this state reached the session machine."""


class DriverError(AcumatError, OSError):
    """The lines to the chips cannot be set up: busy, forbidden, absent or wired wrongly."""


class BrokerError(AcumatError, OSError):
    """The MQTT settings cannot lead to a broker: a file is missing or a name is not legal."""


class StorageError(AcumatError, OSError):
    """A file of the state folder cannot be written or read, or belongs to a newer program."""


class FolderInUseError(StorageError):
    """Another program holds the state folder."""


class PageError(AcumatError, OSError):
    """The page cannot be served: its port is taken, or its address is not of this machine."""
