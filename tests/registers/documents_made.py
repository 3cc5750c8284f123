"""Register documents made for tests, small enough to read."""


def tdxf_document(*case_files: str, prologue: str = "") -> bytes:
    """Return a TDXF document with these case files."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{prologue}<trademark-applications-daily>'
        "<creation-datetime>201802182208</creation-datetime><application-information>"
        f"<file-segments><action-keys>{''.join(case_files)}</action-keys></file-segments>"
        "</application-information></trademark-applications-daily>"
    ).encode()


def case_file(
    serial: str = "87000001",
    status: str = "700",
    status_date: str = "20180101",
    registration_date: str = "20180101",
    head: str = "",
    body: str = "",
) -> str:
    """Return a case file; head and body are put into its header and after it."""
    return (
        f"<case-file><serial-number>{serial}</serial-number>"
        "<registration-number>5000001</registration-number>"
        "<transaction-date>20180218</transaction-date><case-file-header>"
        f"<registration-date>{registration_date}</registration-date>"
        f"<status-code>{status}</status-code><status-date>{status_date}</status-date>"
        f"<mark-identification>ACME</mark-identification>{head}</case-file-header>"
        f"{body}</case-file>"
    )


def classification(number: str, status: str = "6", day: str = "20180101") -> str:
    """Return a classification of a case file."""
    return (
        f"<classification><international-code>{number}</international-code>"
        f"<status-code>{status}</status-code><status-date>{day}</status-date></classification>"
    )


def owner(party_type: int, name: str, place: str = "<state>NY</state>") -> str:
    """Return an owner of a case file."""
    return (
        f"<case-file-owner><party-type>{party_type}</party-type>"
        f"<party-name>{name}</party-name>{place}</case-file-owner>"
    )


def event(code: str, day: str) -> str:
    """Return an event of a case file."""
    return (
        f"<case-file-event-statement><code>{code}</code><date>{day}</date>"
        "</case-file-event-statement>"
    )


def st66_document(mark: str, header: str = "", beside: str = "") -> bytes:
    """Return an ST.66 document with one mark, and what stands beside it in its transaction."""
    return (
        '<Transaction xmlns="http://www.wipo.int/standards/XMLSchema/trademarks">'
        f"{header}<TradeMarkTransactionBody><TransactionContentDetails><TransactionData>"
        f"<TradeMarkDetails><TradeMark>{mark}</TradeMark></TradeMarkDetails>{beside}"
        "</TransactionData></TransactionContentDetails></TradeMarkTransactionBody></Transaction>"
    ).encode()
