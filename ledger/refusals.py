from django.utils.translation import gettext


class BadWorkbook(Exception):
    """The file cannot be read as a ledger: what, where, and what to do about it.

    `str()` gives the sentence in the reader's language.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message, values)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return gettext(self.message) % self.values
