"""The loads as a Markdown table for docs/load.md."""

from benchmarks.printing import table_head, table_row

_TITLES = {
    "1": "everybody at once, closed loop",
    "2": "busy, open loop",
    "2 highest": "highest rate borne",
    "3": "quiet, open loop",
    "3 awake": "quiet, readers never asleep",
    "4": "closed loop, as stock",
}
_COLUMNS = (
    "load",
    "parts",
    "members",
    "messages/s",
    "deliveries/s",
    "ack p50/p99",
    "own mean/p50/p99/max",
    "every p50/p99/max",
    "bytes",
    "lost/doubled/disorder/errors",
    "cores web/load",
    "note",
)


def markdown(results: dict[str, dict[str, dict]]) -> str:
    """One row for each load on each kind of parts; latencies in ms."""
    lines = [table_head(_COLUMNS)]
    for load, title in _TITLES.items():
        for parts, reports in results.items():
            if load in reports:
                lines.append(table_row(_row(f"{load}: {title}", parts, reports[load])))
    reports = [report for loads in results.values() for report in loads.values()]
    if reports:
        lines += ["", f"{reports[0]['hardware']}; began {reports[0]['began_at']}. Latencies in ms."]
    lines += _factors(results)
    return "\n".join(lines) + "\n"


def _row(title: str, parts: str, report: dict) -> list[str]:
    latencies = report["latencies"]
    faults = (report["lost"], report["doubled"], report["out_of_order"], sum(report["errors"].values()))
    web = sum(server["cores"] for server in report["servers"] if "manage.py worker" not in server["name"])
    return [
        title,
        parts,
        f"{report['settings']['users']:,}",
        f"{report['messages_per_second']:,.0f}",
        f"{report['deliveries_per_second']:,}",
        _join(latencies["send_to_ack"], "p50", "p99"),
        _join(latencies["send_to_own_receipt"], "mean", "p50", "p99", "max"),
        _join(latencies["send_to_every_receiver"], "p50", "p99", "max"),
        f"{report['bytes_per_delivery']:.0f}",
        " / ".join(f"{fault:,}" for fault in faults),
        f"{web:.2f} / {'+'.join(map(str, report['load_generator_cores']))}",
        "; ".join(report["load_generator_was_the_limit"]),
    ]


def _join(latency: dict, *names: str) -> str:
    if not latency["count"]:
        return "-"
    values = (latency[f"{name}_ms"] for name in names)
    return " / ".join(f"{value:.1f}" if value < 10 else f"{value:,.0f}" for value in values)


def _factors(results: dict) -> list[str]:
    stock = results.get("stock", {}).get("4")
    if not stock:
        return []
    ours = {parts: reports["4"] for parts, reports in results.items() if parts != "stock" and "4" in reports}
    factors = {
        parts: report["deliveries_per_second"] / max(1, stock["deliveries_per_second"])
        for parts, report in ours.items()
    }
    return [
        f"Load 4: {parts}: {factor:,.0f} times the stock deliveries." for parts, factor in factors.items()
    ]
