"""Numbers, times and names as the page says them. A value that was not measured is a dash, never a zero."""

from datetime import datetime

NOT_MEASURED = "—"

TRANSPORTS = {"ws": "웹소켓", "stomp": "STOMP", "http": "HTTP"}
LATENCIES = {
    "send_to_ack": ("받았다는 답까지", "send → ack"),
    "send_to_own_receipt": ("내 메시지가 나에게 돌아올 때까지", "send → own receipt"),
    "send_to_every_receiver": ("모든 사람에게 닿을 때까지", "send → every receiver"),
    "send_lateness": ("보내려던 때보다 늦게 보낸 시간", "lateness of the load tool"),
    "loop_lag": ("부하 도구의 이벤트 루프가 늦은 시간", "loop lag of the load tool"),
}
GOALS = {
    "predecessor's goal: mean, ms": "이전 제품의 목표: 평균, ms",
    "predecessor's goal: errors, %": "이전 제품의 목표: 오류, %",
    "errors": "오류",
    "errors and refusals": "오류와 거절",
    "lost": "잃음",
    "doubled": "겹침",
    "out of order": "순서 바뀜",
    "accepted but not stored": "받아들였지만 저장되지 않음",
    "stored twice": "두 번 저장됨",
    "mean, ms": "평균, ms",
    "mean of the answers, ms": "평균, ms",
    "maximum send to every receiver, ms": "모든 사람에게 닿을 때까지의 최대, ms",
    "p99 send to every receiver, ms": "모든 사람에게 닿을 때까지의 p99, ms",
    "mean with all receiving, ms": "모두가 받을 때의 평균, ms",
}


def count(number: float | None) -> str:
    """2,000."""
    return NOT_MEASURED if number is None else f"{number:,.0f}"


def rough(number: int | None) -> str:
    """At most four digits of a large number: 111만, 7.9억."""
    if number is None:
        return NOT_MEASURED
    if number >= 100_000_000:
        return f"{number / 100_000_000:,.1f}억"
    return f"{number // 10_000:,}만" if number >= 1_000_000 else count(number)


def duration(milliseconds: float | None) -> str:
    """Milliseconds without their unit: 3.4 · 131 · 2,140."""
    return NOT_MEASURED if milliseconds is None else _three_digits(milliseconds)


def seconds(value: float | None) -> str:
    """Seconds without their unit."""
    return NOT_MEASURED if value is None else _three_digits(value)


def cores(value: float | None) -> str:
    """Processor cores in use: 0.87."""
    return NOT_MEASURED if value is None else f"{value:.2f}"


def share(per_cent: float | None) -> str:
    """Per cent without its sign; a nought only when nothing happened."""
    if per_cent is None:
        return NOT_MEASURED
    return "0" if per_cent == 0 else f"{max(per_cent, 0.01):.2f}"


def number(value: object) -> str:
    """A measured value whose unit is not known here."""
    if value is None:
        return NOT_MEASURED
    return _three_digits(value) if isinstance(value, int | float) else str(value)


def moment(iso: str | None) -> str:
    """2026년 11월 21일 오후 2:10 (UTC), in the zone it was written in; other text stays as it is."""
    if not iso:
        return NOT_MEASURED
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    half = "오전" if at.hour < 12 else "오후"
    zone = f" ({at.tzname()})" if at.tzinfo else ""
    return f"{at.year}년 {at.month}월 {at.day}일 {half} {(at.hour - 1) % 12 + 1}:{at.minute:02}{zone}"


def goal_name(name: str) -> str:
    """In Korean where it is known."""
    return GOALS.get(name, name)


def transport(name: str) -> str:
    """웹소켓, STOMP, HTTP."""
    return TRANSPORTS.get(name, name)


def _three_digits(value: float) -> str:
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2g}"
